import ZooGraph

/// Which values of a graph are kept in bfloat16: those that a kernel can write narrow and that every reader takes so.
/// All others stay float32, and a product that reads one narrows a copy.
struct NarrowValues {
  private(set) var values: Set<Value> = []

  func contains(_ value: Value) -> Bool { values.contains(value) }

  init() {}

  /// - Parameters:
  ///   - products: whether convolutions of single pixels are products, which take weights as they lie.
  ///   - needed: for each node whether it is computed.
  ///   - kept: outputs and gradients, which are read as float32.
  init(_ graph: Graph, needed: [Bool], keeping kept: Set<Value>, products: Bool) {
    var refused = kept
    // Readers first: a reshape passes on what its own readers refuse.
    for (index, node) in graph.nodes.enumerated().reversed() where needed[index] {
      guard case .operation(let operation) = node.kind else { continue }
      if operation is Reshape {
        if refused.contains(node.outputs[0]) { refused.insert(node.inputs[0]) }
        continue
      }
      for (position, input) in node.inputs.enumerated() where !Self.reads(operation, position) {
        if products, position == 1, let window = Self.window(operation),
          isPointwise(graph.type(of: input).shape, window)
        {
          continue
        }
        refused.insert(input)
      }
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
    // A residual is added to what the destination holds, in its type. A transformer's stream stays float32; one of
    // convolutions, whose maps are large, is as narrow as the maps.
    case let op as Linear: !op.residual
    case let op as QuantizedLinear: !op.residual
    case is Convolution, is QuantizedConvolution, is LinearInputGradient, is ConvolutionInputGradient, is LayerNorm, is GroupNorm, is Attention,
      is AttentionGradient, is Unary, is UnaryGradient, is GroupNormGradient, is MaxPool, is WeightStandardise:
      true
    default: false
    }
  }

  private static func window(_ operation: any Operation) -> Window? {
    switch operation {
    case let op as Convolution: op.window
    case let op as ConvolutionInputGradient: op.window
    default: nil
    }
  }

  /// Whether the kernel takes that input narrow.
  private static func reads(_ operation: any Operation, _ input: Int) -> Bool {
    switch operation {
    case let op as Convolution: input == 0 || (op.residual && input == (op.bias ? 3 : 2))
    case let op as QuantizedConvolution: op.convolution.residual && input == (op.convolution.bias ? 3 : 2)
    case is Linear, is LinearInputGradient, is ConvolutionInputGradient, is Attention, is GroupNorm,
      is ColumnSum, is Unary, is MaxPool, is Quantize:
      input == 0
    case is LinearWeightGradient, is ConvolutionWeightGradient, is UnaryGradient, is MaxPoolGradient: true
    case is AttentionGradient: input != 2
    case is LayerNormGradient: input == 3
    case is GroupNormGradient: input == 0 || input == 2 || input == 5
    default: false
    }
  }
}
