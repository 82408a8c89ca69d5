import CZooKernels
import ZooGraph

/// What a program is for.
public enum ProgramMode: Sendable {
  /// Parameters change rarely: what depends on them alone (standardised and packed weights) is computed once.
  case inference
  case training
}

/// A graph compiled for one batch size: kernels chosen, memory planned, ready to run again and again.
///
/// Not Sendable: one thread at a time uses a program.
public final class Program {
  public let batch: Int
  public let mode: ProgramMode
  public let precision: Precision
  /// What is computed by what, in order.
  public let plan: ProgramPlan

  private let engine: Engine
  private let arena: AlignedBuffer
  private let persistent: [AlignedBuffer]
  private let store: ParameterStore
  /// What the parameters' memory belonged to when it was bound.
  private let holder: AnyObject
  private let gradients: ParameterBlock?
  private let inputs: [String: (memory: Memory, type: TensorType)]
  private let outputs: [String: (memory: Memory, type: TensorType)]
  private let prologue: [() -> Bool]
  private let body: [() -> Bool]
  private let failure: RunFailure
  private var prologueIsCurrent = false

  /// Compiles.
  ///
  /// - Parameters:
  ///   - outputs: values to be read after a run, by name.
  ///   - gradients: values and the parameters whose gradients they are; written into `into`, which must outlive no
  ///     one: the program keeps it.
  ///   - precision: nil for the engine's.
  ///   - packs: whether inference lays the weights of products out anew, which costs a private copy and is faster from
  ///     the second run on. Convolutions and bfloat16 always do.
  ///   - recompute: what the gradients need and is computed again for them rather than kept.
  public init(
    _ graph: Graph, engine: Engine, store: ParameterStore, outputs: [(name: String, value: Value)],
    gradients: [(parameter: String, value: Value)] = [], into block: ParameterBlock? = nil, batch: Int,
    mode: ProgramMode, precision: Precision? = nil, packs: Bool = true, recompute: Recompute = .none
  ) throws(EngineError) {
    let precision = precision ?? engine.precision
    // Training writes.
    if mode == .training { _ = try store.block() }
    // Libraries plan one thing at a time, as they run.
    let compiled = try engine.compute { () -> Result<Compiler.Compiled, EngineError> in
      var compiler = Compiler(
        graph: graph, engine: engine, store: store, batch: batch, mode: mode, precision: precision,
        packs: packs)
      do throws(EngineError) {
        return .success(
          try compiler.compile(outputs: outputs, gradients: gradients, into: block, recompute: recompute))
      } catch { return .failure(error) }
    }.get()
    self.precision = precision
    holder = store.holder
    (self.batch, self.mode, self.engine, self.store, self.gradients) = (batch, mode, engine, store, block)
    (arena, persistent, prologue, body) = (compiled.arena, compiled.persistent, compiled.prologue, compiled.body)
    (self.inputs, self.outputs, plan) = (compiled.inputs, compiled.outputs, compiled.plan)
    failure = compiled.failure
  }

  /// Sets an input of float32; the count must be the input's for this batch. Inputs that the outputs do not depend on
  /// are ignored.
  public func set(_ name: String, _ values: [Float]) throws(EngineError) {
    try write(name, .float32, values)
  }
  public func set(_ name: String, _ values: [Int32]) throws(EngineError) { try write(name, .int32, values) }

  private func write<Element>(_ name: String, _ element: ElementType, _ values: [Element]) throws(EngineError) {
    guard let (memory, type) = inputs[name] else { return }
    guard type.element == element, type.count(batch: batch) == values.count else {
      throw .binding(
        "input '\(name)' takes \(type.element.rawValue) \(describe(type.shape(batch: batch))), got \(values.count) values"
      )
    }
    values.withUnsafeBytes { if let base = $0.baseAddress { memory.copyMemory(from: base, byteCount: $0.count) } }
  }

  /// Computes. Say when parameters have changed since the last run; in training that is understood.
  public func run(parametersChanged: Bool = false) throws(EngineError) {
    guard store.holder === holder else { throw .binding("the parameters were mapped and have changed; compile again") }
    let refresh = mode == .training || parametersChanged || !prologueIsCurrent
    let ok = engine.compute {
      if refresh { for step in prologue where !step() { return false } }
      for step in body where !step() { return false }
      gradients?.clearGaps()
      return true
    }
    guard ok else { throw failed() }
    prologueIsCurrent = true
  }

  /// Time in seconds of each instruction of the body over one run, in the order of `plan.instructions`.
  public func profile() throws(EngineError) -> [Double] {
    var times: [Double] = []
    try run { step in
      let start = zoo_clock()
      guard step() else { return false }
      times.append(Double(zoo_clock() - start) * 1e-9)
      return true
    }
    return times
  }

  /// Which thread worked when in each instruction of the body over one run, in the order of `plan.instructions`.
  public func trace() throws(EngineError) -> [InstructionTrace] {
    var recorder = TraceRecorder()
    try run { recorder.record($0) }
    return recorder.instructions
  }

  /// Runs the body's instructions through `observe`, which calls each and says whether it went well.
  private func run(observing observe: (() -> Bool) -> Bool) throws(EngineError) {
    guard store.holder === holder else { throw .binding("the parameters were mapped and have changed; compile again") }
    let ok = engine.compute {
      for step in prologue where !step() { return false }
      for step in body where !observe(step) { return false }
      gradients?.clearGaps()
      return true
    }
    guard ok else { throw failed() }
  }

  private func failed() -> EngineError {
    .run(failure.text ?? "the matrix library \(engine.version) reported an error")
  }

  /// An output's values, row-major, and its shape.
  public func output(_ name: String) throws(EngineError) -> (values: [Float], shape: [Int]) {
    guard let (memory, type) = outputs[name] else { throw .binding("there is no output '\(name)'") }
    let shape = type.shape(batch: batch)
    return (Array(UnsafeBufferPointer(start: Floats(memory), count: shape.reduce(1, *))), shape)
  }
}

/// A program's kernels and memory, for plans and profiles.
public struct ProgramPlan: Sendable {
  public struct Line: Sendable {
    public let operation: String
    public let implementation: String
    public let flops: Int
    /// Whether it computes a forward pass's value again for the backward pass.
    public let again: Bool
  }
  public var instructions: [Line]
  /// Instructions that run only when parameters change.
  public var prologueCount: Int
  public var arenaBytes: Int
  public var persistentBytes: Int
  /// What lives at once at the fullest place. The arena is larger by what lies between, and smaller by what lies where
  /// gradients will be written.
  public var liveBytes: Int

  /// Operations of products, convolutions and attention that the graph asks for; repeated ones count once.
  public var flops: Int { instructions.reduce(0) { $0 + ($1.again ? 0 : $1.flops) } }
}
