import ZooEngine
import ZooGraph

/// What an engine multiplies at most: floating-point operations a second of the fastest of several large products, in its
/// precision and with weights in the library's own layout.
public func matrixPeak(_ engine: Engine) throws -> Double {
  let (rows, width) = (1536, 1536)
  var graph = Graph()
  let x = try graph.input("x", TensorType(.float32, [TensorType.batch, width]))
  let weights = ParameterSpec(name: "w", shape: [width, width], initializer: .zeros)
  let w = try graph.parameter(weights)
  // Two in a row: where operands are bfloat16, the first product's result is handed over narrow.
  let y = try graph.apply(Linear(bias: false), [graph.apply(Linear(bias: false), [x, w])[0], w])[0]
  let store = try ParameterStore(for: graph)
  // Zeros would be multiplied faster.
  try store.set("w", (0..<(width * width)).map { Float($0 % 17 - 8) / 256 })
  let program = try Program(graph, engine: engine, store: store, outputs: [("y", y)], batch: rows, mode: .inference)
  try program.set("x", (0..<(rows * width)).map { Float($0 % 13 - 6) / 8 })
  try program.run()
  var best = 0.0
  for _ in 0..<5 {
    for (line, seconds) in zip(program.plan.instructions, try program.profile()) where line.flops > 0 {
      best = max(best, Double(line.flops) / seconds)
    }
  }
  return best
}
