import ZooRecipe

/// What is published about an architecture or a checkpoint of it: enough to import the file, and to know what
/// to expect of it. Nothing here is ever fetched.
///
/// A card without files describes an architecture; its counts are those with a classifier of `classes`.
public struct ModelCard: Sendable, Equatable {
  public static let schema = "zoo.card/1"

  /// Whose names the arrays of a checkpoint have; the names of the formats that backbones read.
  public enum Format: String, RecipeChoice { case official, timm, hf }

  /// A published file. The address is text for people.
  public struct File: Sendable, Equatable {
    public let name: String
    public let url: String
    public let format: Format
  }

  /// Arrays in a file of a format, those of the classifier counted.
  public struct Tensors: Sendable, Equatable {
    public let format: Format
    public let count: Int
  }

  /// Work for one image of a square size.
  public struct Cost: Sendable, Equatable {
    /// Height and width in pixels.
    public let resolution: Int
    /// 10⁹ multiply-adds of the backbone, without the classifier, as `Graph.multiplyAdds` counts them; three
    /// digits.
    public let gmacs: Double
  }

  /// How images are prepared; mean and std are of pixels from 0 to 1.
  public struct Input: Sendable, Equatable {
    /// Height and width in pixels.
    public let size: Int
    public let mean: [Double]
    public let std: [Double]
    public let interpolation: ResizeFilter?
    /// The share of the resized image's side that a centre crop keeps.
    public let crop: Double?
  }

  /// A published result.
  public struct Accuracy: Sendable, Equatable {
    public let data: String
    public let metric: String
    /// Percent.
    public let value: Double
    public let resolution: Int?
    /// What was done with the checkpoint before; nil where it was used as published.
    public let setting: String?
    public let source: String
  }

  public let name: String
  public let title: String
  /// A backbone's named size, such as `vit-b16`.
  public let architecture: String
  /// Options over those of the named size.
  public let options: PluginOptions
  /// Outputs of the classifier; 0 where the checkpoint has none.
  public let classes: Int
  /// Who published it; nil for an architecture.
  public let source: Format?
  /// SPDX expression; nil where no source states one.
  public let licence: String?
  public let files: [File]
  public let tensors: [Tensors]
  /// Floats in the backbone and the classifier.
  public let parameters: Int
  public let cost: [Cost]
  public let input: Input
  public let accuracy: [Accuracy]
  /// What it was trained on, in order.
  public let upstream: String?
  public let paper: String?
  public let notes: [String]

  /// True where there are no weights to import.
  public var isArchitecture: Bool { files.isEmpty }
}
