import ZooArchive
import ZooEngine

/// The golden outputs of an archive beside those that are computed here.
public struct GoldenCheck: Sendable {
  public struct Output: Sendable {
    public let name: String
    /// The largest difference of a value, as a share of the largest golden value; infinite where a number is missing or
    /// the shapes differ.
    public let error: Double
  }

  public let outputs: [Output]
  /// What `error` may be.
  public let tolerance: Double

  public var failed: [Output] { outputs.filter { !($0.error <= tolerance) } }

  /// What an engine may differ by, as a share of an output's largest value. Those of today compute in f32 and sum in
  /// different orders, which costs 1e-6 in a ViT-B/16 and 4e-5 in a BiT-R101x1 of random weights. Engines of less precision
  /// get what is left.
  public static func tolerance(engine: String) -> Double {
    switch engine {
    case "onednn", "openblas": 1e-3
    default: 1e-2
    }
  }

  /// The same of a model with int8 products: where two engines round a value to neighbouring bytes, 1/255 of its range is
  /// between them, and layers add these up.
  public static let quantizedTolerance = 5e-2

  /// Runs the archive's golden input.
  /// - Throws: `TrainError.model` for an archive without golden outputs, or with others than its model has.
  public init(_ archive: ModelArchive, _ model: Model, engine: Engine) throws {
    let members = archive.members(.golden)
    guard members.contains(where: { $0.path == Golden.inputPath }) else {
      throw TrainError.model(archive.path, "holds no golden outputs, so there is nothing to compare with")
    }
    let input = try NpyArray.read(archive.data(Golden.inputPath), origin: archive.path, member: Golden.inputPath)
    let size = model.config.input
    guard input.dtype == .u8, input.shape == [1, size.height, size.width, size.channels] else {
      throw TrainError.input(
        file: "\(archive.path): \(Golden.inputPath)",
        "must be u8 [1, \(size.height), \(size.width), \(size.channels)], the size of the model's input")
    }
    let computed = try Golden.outputs(of: model, image: input.bytes(), engine: engine)
    let known = computed.map(\.path) + [Golden.inputPath]
    if let stray = members.first(where: { !known.contains($0.path) }) {
      throw TrainError.model("\(archive.path): \(stray.path)", "the model has no such output")
    }
    outputs = try computed.map { output in
      guard members.contains(where: { $0.path == output.path }) else {
        throw TrainError.model(archive.path, "holds no golden output '\(output.name)'")
      }
      let golden = try NpyArray.read(archive.data(output.path), origin: archive.path, member: output.path)
      guard golden.shape == output.shape else { return Output(name: output.name, error: .infinity) }
      return Output(name: output.name, error: Self.error(output.values, golden: try golden.floats()))
    }
    tolerance = model.quantization == nil ? Self.tolerance(engine: engine.name) : Self.quantizedTolerance
  }

  private static func error(_ values: [Float], golden: [Float]) -> Double {
    var (largest, difference) = (0.0, 0.0)
    for (got, wanted) in zip(values, golden) {
      // A model that gives no numbers must go on giving none.
      if got.isNaN && wanted.isNaN || got == wanted {
        if wanted.isFinite { largest = max(largest, Double(abs(wanted))) }
        continue
      }
      guard got.isFinite, wanted.isFinite else { return .infinity }
      largest = max(largest, Double(abs(wanted)))
      difference = max(difference, Double(abs(got - wanted)))
    }
    return largest > 0 ? difference / largest : difference
  }
}
