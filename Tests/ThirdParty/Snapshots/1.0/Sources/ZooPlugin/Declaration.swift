/// The image that a backbone takes, float32 [batch, height, width, channels], normalised as (x - mean) /
/// deviation for x in 0...1.
public struct ImageInput: Sendable {
  public var height: Int
  public var width: Int
  public var mean: [Double]
  public var deviation: [Double]

  public init(size: Int, mean: [Double] = [0.5, 0.5, 0.5], deviation: [Double] = [0.5, 0.5, 0.5]) {
    (height, width) = (size, size)
    (self.mean, self.deviation) = (mean, deviation)
  }
}

/// What a backbone says of itself.
public struct BackboneDeclaration: Sendable {
  public var image: ImageInput
  /// The depth of the last block; the stem has 0.
  public var depth: Int
  /// Width of the activation `pooled`.
  public var features: Int

  public init(image: ImageInput, depth: Int, features: Int) {
    (self.image, self.depth, self.features) = (image, depth, features)
  }

  var json: JSON {
    .object([
      (
        "image",
        .object([
          ("height", .int(image.height)), ("width", .int(image.width)), ("channels", .int(3)),
          ("mean", .array(image.mean.map(JSON.double))), ("std", .array(image.deviation.map(JSON.double)))
        ])
      ),
      ("depth", .int(depth)), ("features", .int(features))
    ])
  }
}

/// What a head learns from.
public struct TargetKind: Sendable, Equatable {
  public let name: String
  public init(_ name: String) { self.name = name }
  /// One class of several.
  public static let `class` = TargetKind("class")
  /// Any number of classes.
  public static let multiLabel = TargetKind("multi-label")
  /// A list of numbers.
  public static let vector = TargetKind("vector")
}

/// How an output is read in a prediction.
public struct OutputReading: Sendable {
  public let name: String
  public init(_ name: String) { self.name = name }
  public static let softmax = OutputReading("softmax")
  public static let sigmoid = OutputReading("sigmoid")
  public static let embedding = OutputReading("embedding")
  public static let values = OutputReading("values")
}

public struct HeadOutput: Sendable {
  public var name: String
  public var reading: OutputReading
  public init(_ name: String, _ reading: OutputReading) { (self.name, self.reading) = (name, reading) }
}

/// What a head says of itself.
public struct HeadDeclaration: Sendable {
  public var inputs: [String]
  public var target: TargetKind
  public var outputs: [HeadOutput]
  public var metrics: [String]
  public var couplesExamples: Bool

  public init(
    inputs: [String], target: TargetKind, outputs: [HeadOutput], metrics: [String],
    couplesExamples: Bool = false
  ) {
    (self.inputs, self.target, self.outputs) = (inputs, target, outputs)
    (self.metrics, self.couplesExamples) = (metrics, couplesExamples)
  }

  var json: JSON {
    .object([
      ("inputs", .array(inputs.map(JSON.string))), ("target", .string(target.name)),
      (
        "outputs",
        .array(outputs.map { .object([("name", .string($0.name)), ("reading", .string($0.reading.name))]) })
      ),
      ("metrics", .array(metrics.map(JSON.string))), ("couples_examples", .bool(couplesExamples))
    ])
  }
}
