import Testing
import ZooEngine
import ZooGraph

/// Two weights of 16×16 in memory that stands for a file: `a` on a boundary of 64 bytes, `b` four bytes behind one.
private final class Source {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * 1024 + 64, alignment: 64)

  init() {
    for (index, start) in [0, 1024 + 4].enumerated() {
      for position in 0..<256 {
        memory.storeBytes(
          of: Float((position * 7 + index) % 13) / 13, toByteOffset: start + position * 4, as: Float.self)
      }
    }
  }

  deinit { memory.deallocate() }

  var arrays: MappedArrays {
    MappedArrays(owner: self) { [memory] in
      UnsafeRawBufferPointer(rebasing: memory[($0 == "a" ? 0 : 1028)..<($0 == "a" ? 1024 : 2052)])
    }
  }

  func values(at start: Int) -> [Float] {
    (0..<256).map { memory.loadUnaligned(fromByteOffset: start + $0 * 4, as: Float.self) }
  }
}

/// y = b·(a·x), and the store of its weights where they are mapped.
private func mapped(_ source: Source) throws -> (graph: Graph, output: Value, store: ParameterStore) {
  var graph = Graph()
  var value = try graph.input("x", TensorType(.float32, [TensorType.batch, 16]))
  for name in ["a", "b"] {
    let weight = try graph.parameter(ParameterSpec(name: name, shape: [16, 16], initializer: .zeros))
    value = try graph.apply(named: "linear", [value, weight])[0]
  }
  return (graph, value, try ParameterStore(for: graph, mapped: source.arrays))
}

private func run(_ program: Program) throws -> [Float] {
  try program.set("x", (0..<32).map { Float($0 % 5) - 2 })
  try program.run()
  return try program.output("y").values
}

@Suite struct MappedParametersTests {
  @Test(arguments: [true, false]) func resultsAreThoseOfCopies(packs: Bool) throws {
    let source = Source()
    let (graph, y, store) = try mapped(source)
    let copied = try ParameterStore(for: graph)
    for name in ["a", "b"] { try copied.set(name, try store.values(name)) }
    let results = try [store, copied].map { store in
      try run(
        Program(
          graph, engine: Engine(threads: 1), store: store, outputs: [("y", y)], batch: 2, mode: .inference,
          packs: packs || store === copied))
    }
    let scale = results[1].map(abs).max() ?? 0
    #expect(scale > 0)
    for (a, b) in zip(results[0], results[1]) { #expect(abs(a - b) <= 1e-5 * scale) }
    // The other one is not where vector instructions can read it.
    #expect(store.mappedBytes == 1024)
    #expect(copied.mappedBytes == 0)
  }

  @Test func memoryIsKeptAsLongAsTheStore() throws {
    var source: Source? = Source()
    let values = source?.values(at: 0)
    weak let memory = source
    var store: ParameterStore? = try mapped(#require(source)).store
    source = nil
    #expect(memory != nil)
    #expect(try store?.values("a") == values)
    store = nil
    #expect(memory == nil)
  }

  @Test func writingChangesACopy() throws {
    let source = Source()
    let before = (source.values(at: 0), source.values(at: 1028))
    let (graph, y, store) = try mapped(source)
    func program() throws -> Program {
      try Program(
        graph, engine: Engine(threads: 1), store: store, outputs: [("y", y)], batch: 2, mode: .inference)
    }
    let old = try program()
    #expect(try run(old).contains { $0 != 0 })
    try store.set("a", [Float](repeating: 0, count: 256))
    #expect(store.mappedBytes == 0)
    #expect(try store.values("b") == before.1)
    #expect(source.values(at: 0) == before.0)
    #expect(throws: EngineError.self) { try old.run() }
    #expect(try run(program()).allSatisfy { $0 == 0 })
  }

  @Test func trainingHasACopy() throws {
    let source = Source()
    let before = source.values(at: 0)
    let (_, _, store) = try mapped(source)
    let engine = try Engine(threads: 1)
    let (gradient, momentum) = (try ParameterBlock(like: store), try ParameterBlock(like: store))
    #expect(store.mappedBytes == 0)
    let parts = gradient.parts { _ in true }.map { OptimizerKernels.Treated($0.part, rate: 0.5, weightDecay: 1) }
    OptimizerKernels(engine).sgd(
      store, gradient: gradient, momentum: momentum, parts: parts, momentum: 0, decoupled: true, nesterov: false,
      gradientScale: 1)
    #expect(try store.values("a") == before.map { $0 / 2 })
    #expect(source.values(at: 0) == before)

    let (graph, y, other) = try mapped(source)
    _ = try Program(graph, engine: engine, store: other, outputs: [("y", y)], batch: 2, mode: .training)
    #expect(other.mappedBytes == 0)
  }

  @Test func arraysOfAnotherSizeAreRefused() throws {
    let graph = try mapped(Source()).graph
    #expect(throws: EngineError.self) {
      _ = try ParameterStore(
        for: graph, mapped: MappedArrays(owner: Source()) { _ in UnsafeRawBufferPointer(start: nil, count: 0) })
    }
  }
}
