import ZooArchive
import ZooData
import ZooEngine

/// An input, and what a model makes of it: kept in its archive, so that any reader can check that it computes the same.
///
/// The input is one image of random bytes, `golden/input.npy`, u8 [1, height, width, channels]. An output is a file
/// `golden/NAME.npy`, f32, named as `zoo forward` names it: `HEAD.OUTPUT` for each output of each head, and the backbone's
/// `pooled` activation (its last one where it has none of that name).
public struct Golden {
  public static let inputPath = Manifest.goldenFolder + "input.npy"
  /// Values of an output that are kept; of a larger one, evenly spaced values are.
  public static let maximumValues = 1 << 18

  /// An output, or evenly spaced values of it.
  public struct Output: Sendable, Equatable {
    public let name: String
    public let values: [Float]
    public let shape: [Int]

    var path: String { Manifest.goldenFolder + name + ".npy" }
  }

  /// Bytes, [height, width, channels] row-major.
  public let image: [UInt8]
  /// [1, height, width, channels].
  public let shape: [Int]
  public let outputs: [Output]

  /// Computes the outputs of a model for the input of its size.
  ///
  /// One thread computes, so that the bytes do not depend on the number of processors.
  public init(_ model: Model, _ choice: ZooEngine.EngineChoice = .auto) throws {
    let input = model.config.input
    shape = [1, input.height, input.width, input.channels]
    var random = CounterRandom(seed: 0, RandomStream.golden)
    image = (0..<shape.reduce(1, *)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 56) }
    outputs = try Self.outputs(of: model, image: image, engine: try Engine(choice, threads: 1))
  }

  /// The members of an archive.
  public func members() throws -> [ArchiveMember] {
    let input = try NpyArray.encode(bytes: image, dtype: .u8, shape: shape)
    return try [ArchiveMember(Self.inputPath, .golden, input)]
      + outputs.map { output in
        ArchiveMember(output.path, .golden, try NpyArray.encode(floats: output.values, shape: output.shape))
      }
  }

  /// What a model makes of an image, in the order of its names.
  static func outputs(of model: Model, image: [UInt8], engine: Engine) throws -> [Output] {
    let inference = try Inference(model, engine: engine, batch: 1, activations: true)
    try inference.run(normalised(image, model))
    return try names(model, inference).map { name in
      let (values, shape) = try inference.output(name, count: 1)
      let stride = (values.count + maximumValues - 1) / maximumValues
      guard stride > 1 else { return Output(name: name, values: values, shape: shape) }
      let kept = Swift.stride(from: 0, to: values.count, by: stride).map { values[$0] }
      return Output(name: name, values: kept, shape: [kept.count])
    }
  }

  /// Heads' outputs are named `HEAD.OUTPUT`, and come before the activations.
  private static func names(_ model: Model, _ inference: Inference) -> [String] {
    let activations = (try? model.graph(.predict).activations.map(\.name)) ?? []
    let last = activations.contains("pooled") ? "pooled" : activations.last
    return inference.names.filter { !activations.contains($0) || $0 == last }
  }

  /// Bytes as the model takes them: (low + byte / 255 · (high - low) - mean) / std, by channel.
  private static func normalised(_ image: [UInt8], _ model: Model) -> [Float] {
    let input = model.config.input
    let span = input.range.high - input.range.low
    return image.enumerated().map { index, byte in
      let channel = index % input.channels
      return Float((input.range.low + Double(byte) / 255 * span - input.mean[channel]) / input.std[channel])
    }
  }
}
