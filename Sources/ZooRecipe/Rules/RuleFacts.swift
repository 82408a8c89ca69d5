/// What a rule has to know of the data and the model.
public struct RuleFacts: Sendable, Equatable {
  /// Training images that are used, of all tasks: after `limit-per-class`.
  public var examples: Int
  /// The usual size of a training image as it is stored.
  public var size: ImageSize
  /// False for tensors that are ready: nothing can be done to them.
  public var areImages: Bool
  /// The named variant of the backbone, such as `bit-r152x4`.
  public var variant: String?
  /// The side of a patch, for backbones that cut images into patches.
  public var patch: Int?

  public init(
    examples: Int, size: ImageSize, areImages: Bool = true, variant: String? = nil, patch: Int? = nil
  ) {
    self.examples = examples
    self.size = size
    self.areImages = areImages
    self.variant = variant
    self.patch = patch
  }

  /// Before anything is known: a small set of large images. Only what does not depend on it may be used.
  static let unknown = RuleFacts(examples: 0, size: ImageSize(height: 224, width: 224))
}

/// The size classes of both rules, by the number of training images.
public enum DataScale: String, Sendable, CaseIterable {
  /// Below 20,000.
  case small
  /// Below 500,000.
  case medium
  case large

  public init(examples: Int) { self = examples < 20_000 ? .small : examples < 500_000 ? .medium : .large }
}
