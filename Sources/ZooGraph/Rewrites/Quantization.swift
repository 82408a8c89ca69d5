/// A parameter whose products can be computed in int8: the weights of exactly one linear layer or convolution, where a
/// weight standardisation may come first.
public struct QuantizableWeight: Sendable, Hashable {
  public let spec: ParameterSpec
  /// What is multiplied.
  public let input: Value
  /// The result of the product.
  public let output: Value
  /// The weights as they are multiplied: the parameter's value, or what a weight standardisation makes of it.
  public let multiplied: Value
  /// The norm that alone makes `input`, directly or through a ReLU, and which nothing else reads: a scale of each
  /// channel can move from its parameters into the weights. Names of its scale and offset.
  public let norm: [String]
  /// The bias that only this product adds; nil where there is none.
  public let bias: String?
  fileprivate let product: Int
  fileprivate let standardisation: Int?

  /// Whether products see the border of an image, where bytes must mean 0 by themselves.
  public let isPadded: Bool
}

extension Graph {
  /// In the order of the products. Depends on the parameters' uses alone, not on epilogues: ask before fusion.
  public func quantizableWeights(keeping outputs: [Value]) -> [QuantizableWeight] {
    let needed = reachable(from: outputs)
    var readers: [Value: [Int]] = [:]
    for (index, node) in nodes.enumerated() where needed[index] {
      for value in Set(node.inputs) { readers[value, default: []].append(index) }
    }
    var found: [QuantizableWeight] = []
    for (index, node) in nodes.enumerated() where needed[index] {
      guard case .operation(let operation) = node.kind, operation is Linear || operation is Convolution,
        !operation.hasResidual, readers[node.inputs[1]] == [index]
      else { continue }
      var (weight, standardisation) = (node.inputs[1], Int?.none)
      if self.operation(of: weight) is WeightStandardise, !outputs.contains(weight) {
        let producer = producers[weight.index]
        guard producer.output == 0, nodes[producer.node].outputs.dropFirst().allSatisfy({ readers[$0] == nil }) else {
          continue
        }
        (weight, standardisation) = (nodes[producer.node].inputs[0], producer.node)
        guard readers[weight] == [producer.node] else { continue }
      }
      guard case .parameter(let spec) = producer(of: weight).kind, !outputs.contains(weight) else { continue }
      found.append(
        QuantizableWeight(
          spec: spec, input: node.inputs[0], output: node.outputs[0], multiplied: node.inputs[1],
          norm: norm(making: node.inputs[0], for: index, readers, outputs),
          bias: node.inputs.count > 2 && readers[node.inputs[2]] == [index] ? parameterName(node.inputs[2]) : nil,
          product: index,
          standardisation: standardisation,
          isPadded: (operation as? Convolution).map { $0.window.isPadded } ?? false))
    }
    return found
  }

  private func parameterName(_ value: Value) -> String? {
    if case .parameter(let spec) = producer(of: value).kind { spec.name } else { nil }
  }

  /// Scale and offset of the norm whose result only the node reads.
  private func norm(making value: Value, for reader: Int, _ readers: [Value: [Int]], _ outputs: [Value]) -> [String] {
    guard readers[value] == [reader], !outputs.contains(value) else { return [] }
    if operation(of: value) as? Unary == Unary(.relu) {
      return norm(making: producer(of: value).inputs[0], for: producers[value.index].node, readers, outputs)
    }
    guard (operation(of: value) as? LayerNorm)?.affine == true || operation(of: value) is GroupNorm,
      producers[value.index].output == 0
    else { return [] }
    let names = producer(of: value).inputs.dropFirst().compactMap { input in
      readers[input] == [producers[value.index].node] ? parameterName(input) : nil
    }
    return names.count == 2 ? names : []
  }

  /// Products of the named weights become int8: linear(x, w, bias) -> quantized-linear(quantize(x), scale, bias). Their
  /// float32 parameters are left out, and so are standardisations that made them.
  /// - Parameter inputs: what is multiplied with each, by the weights' names.
  /// - Throws: where a name is none of a quantisable weight.
  public func quantizing(
    _ inputs: [String: AffineQuantization], keeping outputs: [Value]
  ) throws(GraphError) -> Rewriting {
    var products: [Int: QuantizableWeight] = [:]
    var left = Set<Int>()
    for weight in quantizableWeights(keeping: outputs) where inputs[weight.spec.name] != nil {
      products[weight.product] = weight
      left.insert(weight.standardisation ?? producers[weight.multiplied.index].node)
      if let standardisation = weight.standardisation {
        left.insert(producers[nodes[standardisation].inputs[0].index].node)
      }
    }
    let known = Set(products.values.map(\.spec.name))
    if let stray = inputs.keys.filter({ !known.contains($0) }).min() {
      throw .name("'\(stray)' is no weight of exactly one product, so it cannot be quantised")
    }
    var made: [Quantize: [Value: Value]] = [:]
    return try Rewriting(copying: self, leavingOut: left) { (graph, index, node, moved) throws(GraphError) in
      guard let weight = products[index], let input = inputs[weight.spec.name], let x = moved(node.inputs[0]),
        case .operation(let operation) = node.kind
      else { return nil }
      let quantize = Quantize(input)
      var bytes = x
      if let old = made[quantize]?[x] { bytes = old } else { bytes = try graph.apply(quantize, [x])[0] }
      made[quantize, default: [:]][x] = bytes
      let array = QuantizedWeight(name: weight.spec.name, shape: weight.spec.shape, input: input)
      var operands = [bytes, try graph.parameter(array.scaleSpec)]
      for value in node.inputs.dropFirst(2) { if let value = moved(value) { operands.append(value) } }
      if let convolution = operation as? Convolution {
        return try graph.apply(QuantizedConvolution(weight: array, convolution), operands)
      }
      return try graph.apply(QuantizedLinear(weight: array, bias: node.inputs.count > 2), operands)
    }
  }
}

extension Operation {
  fileprivate var hasResidual: Bool {
    (self as? Linear)?.residual == true || (self as? Convolution)?.residual == true
  }
}

extension Window {
  var isPadded: Bool { padTop + padLeft + padBottom + padRight > 0 }
}
