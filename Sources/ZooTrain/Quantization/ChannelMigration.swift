import Glibc

/// Moves the spread between an activation's channels into the weights (Xiao et al. 2023, "SmoothQuant"): a channel that a
/// norm's scale and offset are divided by, and the weights that meet it multiplied by, changes no product, but one scale
/// then suits all channels better.
struct ChannelMigration: Sendable {
  /// For each channel: s = max|x|^strength / max|w|^(1 - strength), scaled to a geometric mean of 1.
  let factors: [Float]

  /// - Parameters:
  ///   - activations: the largest magnitude of each channel.
  ///   - weights: the largest magnitude of the weights that meet it.
  /// - Returns: nil where there is nothing to move.
  init?(activations: [Float], weights: [Float], strength: Double) {
    guard strength > 0, activations.count == weights.count else { return nil }
    let raw = zip(activations, weights).map { x, w in
      x > 0 && w > 0 && x.isFinite && w.isFinite ? pow(Double(x), strength) / pow(Double(w), 1 - strength) : nil
    }
    let logarithms = raw.compactMap { $0.map(log) }
    guard !logarithms.isEmpty else { return nil }
    let mean = logarithms.reduce(0, +) / Double(logarithms.count)
    // A channel that is never more than zero stays as it is; factors are kept where they cost no precision.
    factors = raw.map { $0.map { Float(exp(max(-12, min(12, log($0) - mean)))) } ?? 1 }
  }
}
