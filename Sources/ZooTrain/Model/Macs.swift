import ZooGraph
import ZooHost
import ZooRecipe

extension Graph {
  /// Multiply-adds for one image in the products that make up the work: convolutions, linear layers, matrix
  /// products, and attention's two (q·kᵀ and the weights times v: 2·n²·d). Norms, activations, softmax,
  /// pools and biases do not count. Twice this is the usual count of floating-point operations.
  ///
  /// Exact up to 2⁵³.
  public func multiplyAdds() -> Double {
    nodes.reduce(0) { total, node in
      guard case .operation(let operation) = node.kind, let output = node.outputs.first else { return total }
      let inputs = node.inputs.map { type(of: $0) }
      return total + Double(type(of: output).count(batch: 1)) * terms(of: operation, inputs)
    }
  }

  /// Multiply-adds for each element of the first output.
  private func terms(of operation: any Operation, _ inputs: [TensorType]) -> Double {
    switch operation {
    case is Linear: Double(inputs[0].width)
    case is Convolution: inputs[1].shape.dropFirst().reduce(1.0) { $0 * Double($1) }
    case let product as MatrixProduct:
      Double(product.transposeA ? inputs[0].shape.dropLast().last ?? 1 : inputs[0].width)
    case is Attention: 2 * Double(inputs[0].shape[1])
    default: 0
    }
  }
}

extension ModelConfig {
  /// Multiply-adds for one image through the backbone and all heads. Needs the plugins, but no weights.
  public func multiplyAdds(plugins: Plugins) throws -> Double {
    let backbone = try plugins.backbone(architecture).instantiate(options: options.json())
    let parts = try heads.map { head in
      (config: head, instance: try plugins.head(head.plugin).instantiate(options: head.options.json()))
    }
    return try ModelGraph(backbone: backbone, heads: parts, input: input, phase: .predict).graph
      .multiplyAdds()
  }
}
