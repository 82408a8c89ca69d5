import ZooGraph

/// Which values of a graph are kept in bfloat16: those that a kernel can write narrow and that every reader takes so.
/// All others stay float32, and a product that reads one narrows a copy.
struct NarrowValues {
  private(set) var values: Set<Value> = []

  func contains(_ value: Value) -> Bool { values.contains(value) }

  init() {}

  /// - Parameters:
  ///   - needed: for each node whether it is computed.
  ///   - kept: outputs and gradients, which are read as float32.
  init(_ graph: Graph, needed: [Bool], keeping kept: Set<Value>) {
    var refused = kept
    // Readers first: a reshape passes on what its own readers refuse.
    for (index, node) in graph.nodes.enumerated().reversed() where needed[index] {
      guard case .operation(let operation) = node.kind else { continue }
      if operation is Reshape {
        if refused.contains(node.outputs[0]) { refused.insert(node.inputs[0]) }
        continue
      }
      for (position, input) in node.inputs.enumerated() where !Self.reads(operation, position) { refused.insert(input) }
    }
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      guard case .operation(let operation) = node.kind else { continue }
      if operation is Reshape {
        if values.contains(node.inputs[0]) { values.insert(node.outputs[0]) }
      } else if Self.writes(operation), !refused.contains(node.outputs[0]) {
        values.insert(node.outputs[0])
      }
    }
  }

  /// Whether the kernel's first output may be narrow.
  private static func writes(_ operation: any Operation) -> Bool {
    switch operation {
    // A residual is added to what the destination holds, in its type: the stream stays float32.
    case let op as Linear: !op.residual
    case let op as Convolution: !op.residual
    case let op as QuantizedLinear: !op.residual
    case let op as QuantizedConvolution: !op.convolution.residual
    case is LinearInputGradient, is ConvolutionInputGradient, is LayerNorm, is GroupNorm, is Attention,
      is AttentionGradient, is Unary, is UnaryGradient:
      true
    case let op as GroupNormGradient: !op.adds
    default: false
    }
  }

  /// Whether the kernel takes that input narrow.
  private static func reads(_ operation: any Operation, _ input: Int) -> Bool {
    switch operation {
    case is Linear, is LinearInputGradient, is Convolution, is ConvolutionInputGradient, is Attention, is GroupNorm,
      is ColumnSum, is Unary, is Quantize:
      input == 0
    case is LinearWeightGradient, is ConvolutionWeightGradient, is UnaryGradient: true
    case is AttentionGradient: input != 2
    case is LayerNormGradient: input == 3
    case is GroupNormGradient: input == 0 || input == 2
    default: false
    }
  }
}
