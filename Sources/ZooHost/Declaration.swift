import ZooJSON

/// The image that a backbone takes, float32 [batch, height, width, channels], normalised as (x - mean) /
/// deviation for x in 0...1.
public struct ImageDeclaration: Sendable, Equatable {
  public let height: Int
  public let width: Int
  public let channels: Int
  public let mean: [Double]
  public let deviation: [Double]
}

/// What a backbone says of itself for given options.
public struct BackboneDeclaration: Sendable, Equatable {
  public let image: ImageDeclaration
  /// The depth of the last block; the stem has 0, what follows the last block `depth + 1`.
  public let depth: Int
  /// Width of the activation `pooled`.
  public let features: Int

  init(_ json: JSON) throws {
    let image = try json.object("image")
    let side = 1...1_000_000
    let channels = try image.int("channels", in: 1...4096)
    self.image = ImageDeclaration(
      height: try image.int("height", in: side), width: try image.int("width", in: side), channels: channels,
      mean: try image.doubles("mean", count: channels), deviation: try image.doubles("std", count: channels))
    guard self.image.deviation.allSatisfy({ $0 > 0 }) else { throw JSONError("'std' must be above 0") }
    depth = try json.int("depth", in: 0...100_000)
    features = try json.int("features", in: 1...100_000_000)
  }
}

/// An output and how it is read in a prediction: `softmax`, `sigmoid`, `embedding`, `values`, or the head's
/// own way.
public struct OutputDeclaration: Sendable, Equatable {
  public let name: String
  public let reading: String
}

/// What a head says of itself for given options.
public struct HeadDeclaration: Sendable, Equatable {
  /// The activations it reads.
  public let inputs: [String]
  /// `class`, `multi-label`, `vector`.
  public let target: String
  public let outputs: [OutputDeclaration]
  public let metrics: [String]
  /// An example's loss depends on others of its batch: no micro-batches.
  public let couplesExamples: Bool

  init(_ json: JSON) throws {
    inputs = try json.strings("inputs")
    target = try json.string("target")
    outputs = try json.array("outputs").map {
      OutputDeclaration(name: try $0.string("name"), reading: try $0.string("reading"))
    }
    metrics = try json.strings("metrics")
    couplesExamples = try json.bool("couples_examples")
    guard !outputs.isEmpty else { throw JSONError("'outputs' must not be empty") }
    for name in inputs + outputs.map(\.name) where !isName(name, letters: false, others: "_.-") {
      throw JSONError("'\(name)' is no name of an input or output")
    }
    guard Set(outputs.map(\.name)).count == outputs.count else {
      throw JSONError("two outputs have the same name")
    }
  }
}

/// Where one parameter comes from in a checkpoint.
public struct KeyMapEntry: Sendable, Equatable {
  /// As in the graph; `head.weight` and `head.bias` for the classifier that a checkpoint may carry.
  public let parameter: String
  /// One array, or several that the transform joins.
  public let sources: [String]
  /// How they are converted: `identity`, `squeeze`, `transpose`, `hwio-to-oihw`, `hwio-to-linear`,
  /// `oihw-to-linear`, `qkv-kernel`, `qkv-bias`, `attention-output`, `concatenate`.
  public let transform: String

  init(_ json: JSON) throws {
    parameter = try json.string("parameter")
    sources = try json.strings("sources")
    transform = try json.string("transform")
    guard !sources.isEmpty else { throw JSONError("'\(parameter)' has no sources") }
  }
}

/// How a parameter follows another image or patch size.
public struct Adaptation: Sendable, Equatable {
  public let parameter: String
  /// `grid`: [1, prefix + rows·columns, width], resized as an image. `patch`: a kernel [out, in, size, size], by the
  /// pseudo-inverse of an image's resize.
  public let kind: String
  /// Leading rows that are no positions.
  public let prefix: Int

  init(_ json: JSON) throws {
    parameter = try json.string("parameter")
    kind = try json.string("kind")
    prefix = try json.int("prefix", in: 0...100_000)
  }
}
