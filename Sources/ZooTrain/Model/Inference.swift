import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

/// A model compiled for using it: images in, named outputs and activations out.
public final class Inference {
  public let batch: Int
  private let program: Program
  private let imageCount: Int

  /// - Parameters:
  ///   - activations: whether the backbone's named activations come out too.
  ///   - packs: whether the weights of products are laid out anew for speed, a copy that other processes do not share.
  ///   - size: overrides the input's height and width, where the backbone allows it.
  ///   - only: the one output or activation that is wanted; what it does not need is not computed.
  /// - Throws: `TrainError.unknownName` where there is no such output.
  public init(
    _ model: Model, engine: Engine, batch: Int, activations: Bool = false, packs: Bool = true,
    size: ImageSize? = nil, only: String? = nil
  ) throws {
    let graph = try model.graph(.predict, size: size)
    var outputs: [(name: String, value: Value)] = []
    for head in graph.heads {
      for output in head.build.outputs { outputs.append(("\(head.name).\(output.name)", output.value)) }
    }
    if activations || outputs.isEmpty || only != nil { outputs += graph.activations.map { ($0.name, $0.value) } }
    if let only {
      guard let found = outputs.first(where: { $0.name == only }) else {
        throw TrainError.noOutput(only, of: model, known: outputs.map(\.name))
      }
      outputs = [found]
    }
    shapes = outputs.map { (name: $0.name, shape: graph.graph.type(of: $0.value).shape(batch: 1)) }
    names = outputs.map(\.name)
    let fused = try graph.graph.fusingNormalization(keeping: outputs.map(\.value))
    let moved = outputs.compactMap { output in fused[output.value].map { (name: output.name, value: $0) } }
    let final = try fused.graph.fusingEpilogues(keeping: moved.map(\.value))
    program = try Program(
      final.graph, engine: engine, store: model.store,
      outputs: moved.compactMap { output in final[output.value].map { (output.name, $0) } }, batch: batch,
      mode: .inference, packs: packs)
    self.batch = batch
    imageCount = graph.graph.type(of: graph.image).count(batch: 1)
  }

  /// Outputs as `HEAD.OUTPUT`, then activations.
  public let names: [String]
  private let shapes: [(name: String, shape: [Int])]
  public var plan: ProgramPlan { program.plan }
  /// Seconds of each instruction of the plan, over one run with the last images.
  public func profile() throws -> [Double] { try program.profile() }
  /// Which thread worked when, over one run with the last images.
  public func trace() throws -> [InstructionTrace] { try program.trace() }

  /// Numbers that an output has for each image.
  public func width(of name: String) -> Int {
    shapes.first { $0.name == name }.map { $0.shape.dropFirst().reduce(1, *) } ?? 0
  }

  /// Runs over up to `batch` images, [count, height, width, channels] row-major; missing ones are zeros.
  /// - Parameter parametersChanged: whether the model was trained since the last run.
  public func run(_ images: [Float], parametersChanged: Bool = false) throws {
    let missing = batch * imageCount - images.count
    try program.set("image", missing > 0 ? images + [Float](repeating: 0, count: missing) : images)
    try program.run(parametersChanged: parametersChanged)
  }

  /// An output of the last run for its first `count` images.
  public func output(_ name: String, count: Int) throws -> (values: [Float], shape: [Int]) {
    let (values, shape) = try program.output(name)
    let each = shape.dropFirst().reduce(1, *)
    return (Array(values.prefix(count * each)), [count] + shape.dropFirst())
  }
}
