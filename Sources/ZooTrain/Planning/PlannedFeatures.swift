import ZooEngine

/// What a plan tells of the features of a frozen trunk.
public struct PlannedFeatures: Sendable {
  public enum Use: Sendable {
    /// Activations that are kept, the bytes they take in all, whether in a file, and the seconds to compute them where they were tried.
    case kept(activations: [String], bytes: Int, inFile: Bool, seconds: Double?)
    /// They are computed in every step, for this reason.
    case notKept(String)
  }
  public let use: Use
  /// Training images.
  public let images: Int

  /// Tries the trunk on a few blank images.
  init(_ reuse: FeatureReuse, _ prepared: PreparedRecipe, engine: Engine) throws {
    guard let features = reuse.features else {
      self.init(reuse, prepared)
      return
    }
    let batch = min(prepared.microBatch, 8)
    let program = try features.program(prepared.model, engine: engine, batch: batch)
    // The first run finds cold caches, and packs weights.
    try program.run()
    let start = ContinuousClock.now
    try program.run()
    self.init(reuse, prepared, secondsPerImage: (ContinuousClock.now - start) / .seconds(1) / Double(batch))
  }

  init(_ reuse: FeatureReuse, _ prepared: PreparedRecipe, secondsPerImage: Double? = nil) {
    let images = prepared.groups.reduce(0) { $0 + $1.dataset.count }
    self.images = images
    switch reuse {
    case .notKept(let reason): use = .notKept(reason)
    case .kept(let features):
      let isLarge = prepared.groups.contains { prepared.needsFile($0, features) }
      use = .kept(
        activations: features.names, bytes: Int(min(Double(images) * Double(features.count) * 4, 1e18)), inFile: isLarge,
        seconds: secondsPerImage.map { $0 * Double(images) })
    }
  }
}
