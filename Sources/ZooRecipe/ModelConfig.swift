/// The `config.yaml` of a model archive: what the model is, what it wants to see and what its heads mean.
public struct ModelConfig: Sendable, Equatable {
  public static let schema = "zoo.config/1"

  /// The id of the backbone plugin, such as `vit`.
  public var architecture: String
  /// The named variant the options stand for, such as `vit-b16`.
  public var variant: String?
  /// The backbone's options, all of them.
  public var options: PluginOptions
  public var input: ModelInput
  /// From a decoded image to the input's size, as in a recipe's `transform.evaluate`; nil: resize to a
  /// square.
  public var preprocessing: [TransformStep]?
  /// In the archive's order; names are distinct.
  public var heads: [ModelHead]
  /// SHA-256 of the trunk's weights; nil where nothing was bound to it.
  public var trunk: String?
  /// Of a model with int8 products; nil for others.
  public var quantization: ModelQuantization?
  /// Where the weights come from: notes by name, in order.
  public var source: [SourceNote]

  public init(
    architecture: String, variant: String? = nil, options: PluginOptions = PluginOptions(), input: ModelInput,
    preprocessing: [TransformStep]? = nil, heads: [ModelHead] = [], trunk: String? = nil, source: [SourceNote] = []
  ) {
    self.architecture = architecture
    self.variant = variant
    self.options = options
    self.input = input
    self.preprocessing = preprocessing
    self.heads = heads
    self.trunk = trunk
    self.source = source
  }

  public func head(named name: String) -> ModelHead? { heads.first { $0.name == name } }
}

/// The tensor a model takes: `[batch, channels, height, width]`.
///
/// A pixel byte p becomes (range.low + p / 255 · (range.high - range.low) - mean) / std, by channel.
public struct ModelInput: Sendable, Equatable {
  public var height: Int
  public var width: Int
  public var channels: Int
  /// One for each channel.
  public var mean: [Double]
  /// One for each channel, above 0.
  public var std: [Double]
  /// What the bytes 0 and 255 become before `mean` and `std`.
  public var range: PixelRange

  public init(
    height: Int, width: Int, channels: Int = 3, mean: [Double] = [0.5, 0.5, 0.5],
    std: [Double] = [0.5, 0.5, 0.5], range: PixelRange = PixelRange(low: 0, high: 1)
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.mean = mean
    self.std = std
    self.range = range
  }
}

public struct PixelRange: Sendable, Equatable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}

/// A head whose weights are in the archive.
public struct ModelHead: Sendable, Equatable {
  public enum Labels: Sendable, Equatable {
    /// Classes without names.
    case count(Int)
    /// In the order of the classes.
    case names([String])

    public var count: Int {
      switch self {
      case .count(let count): count
      case .names(let names): names.count
      }
    }
  }

  /// Letters, digits, `_` and `-`; distinct in a model.
  public var name: String
  /// The id of the head plugin.
  public var plugin: String
  /// The version of the plugin that made the head.
  public var version: String
  /// The named activations of the backbone it reads, at least one.
  public var inputs: [String]
  /// The kind of target it learns from, in the plugin's word (`class`, `multi-label`, `vector`).
  public var target: String
  /// The classes, or of a vector target its numbers; nil for heads that have neither.
  public var labels: Labels?
  /// The head's options, all of them.
  public var options: PluginOptions
  /// SHA-256 of the trunk's weights that the head was trained on: it means nothing on another. Nil for one that is yet
  /// to be bound.
  public var trunk: String?

  /// Whether the labels name numbers, not classes: a vector's, or those of a kind that the head named itself.
  public var isVector: Bool { target != "class" && target != "multi-label" }

  public init(
    name: String, plugin: String, version: String, inputs: [String], target: String, labels: Labels? = nil,
    options: PluginOptions = PluginOptions(), trunk: String? = nil
  ) {
    self.name = name
    self.plugin = plugin
    self.version = version
    self.inputs = inputs
    self.target = target
    self.labels = labels
    self.options = options
    self.trunk = trunk
  }
}

/// One note about a model's origin.
public struct SourceNote: Sendable, Equatable {
  public var name: String
  public var text: String

  public init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}
