import ZooGraph

/// Which float values of a graph are kept as bytes from the start: those that a kernel can write so and that are read as
/// such bytes alone. Their `Quantize` then costs nothing.
struct QuantizedValues {
  private var values: [Value: AffineQuantization] = [:]

  subscript(value: Value) -> AffineQuantization? { values[value] }

  init() {}

  /// - Parameters:
  ///   - needed: for each node whether it is computed.
  ///   - kept: outputs, which are read as float32.
  ///   - narrows: whether values may be kept in bfloat16.
  init(_ graph: Graph, needed: [Bool], keeping kept: Set<Value>, narrows: Bool) {
    var (wanted, refused) = ([Value: AffineQuantization](), kept)
    // Readers first: a reshape passes on what its own readers want.
    for (index, node) in graph.nodes.enumerated().reversed() where needed[index] {
      guard case .operation(let operation) = node.kind else { continue }
      for input in node.inputs {
        var wish = (operation as? Quantize)?.quantization
        if operation is Reshape, !refused.contains(node.outputs[0]) { wish = wanted[node.outputs[0]] }
        if let wish, wanted[input] ?? wish == wish { wanted[input] = wish } else { refused.insert(input) }
      }
    }
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      guard case .operation(let operation) = node.kind, let first = node.outputs.first else { continue }
      if operation is Reshape {
        values[first] = values[node.inputs[0]]
      } else if Self.writes(operation, narrows: narrows), !refused.contains(first) {
        values[first] = wanted[first]
      }
    }
  }

  /// Whether the kernel's first output may be bytes.
  private static func writes(_ operation: any Operation, narrows: Bool) -> Bool {
    switch operation {
    case is LayerNorm, is GroupNorm, is Unary: true
    // It is fastest where all that it reads and writes is bfloat16.
    case is Attention: !narrows
    // A residual is added to what the destination holds.
    case let op as QuantizedLinear: !op.residual
    case let op as QuantizedConvolution: !op.convolution.residual
    default: false
    }
  }
}
