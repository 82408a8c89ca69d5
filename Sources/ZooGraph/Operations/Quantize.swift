/// Bytes that stand for numbers: x ≈ scale·(q - zero), q in 0…255, one scale and zero point for a whole array.
public struct AffineQuantization: Sendable, Hashable {
  /// Above 0 and finite.
  public let scale: Float
  /// The byte that means 0.
  public let zero: UInt8

  public init(scale: Float, zero: UInt8) { (self.scale, self.zero) = (scale, zero) }

  /// The finest that covers low…high and has an exact 0; nil where there is nothing to cover, or it has no end.
  public init?(covering low: Float, _ high: Float) {
    let (low, high) = (min(low, 0), max(high, 0))
    let scale = (high - low) / 255
    guard scale.isNormal else { return nil }
    self.init(scale: scale, zero: UInt8(max(0, min(255, (-low / scale).rounded(.toNearestOrEven)))))
  }

  /// The nearest byte, ties to even; beyond the range its end.
  public func quantized(_ x: Float) -> UInt8 {
    let value = (x / scale + Float(zero)).rounded(.toNearestOrEven)
    return value > 0 ? UInt8(min(value, 255)) : 0
  }

  public func value(of byte: UInt8) -> Float { scale * (Float(byte) - Float(zero)) }
}

/// x -> bytes of the same shape. Made by rewriting, as all quantised operations are: they have no gradient.
public struct Quantize: Operation {
  public let quantization: AffineQuantization
  public init(_ quantization: AffineQuantization) { self.quantization = quantization }
  public var name: String { "quantize" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    return [TensorType(.uint8, inputs[0].shape)]
  }
}

/// Weights that are kept as int8, -127…127, with one scale for each output channel: w ≈ scale[out]·q.
///
/// Named, not held: the store has the bytes under the name and the scales as the parameter `scaleName`.
public struct QuantizedWeight: Sendable, Hashable {
  public let name: String
  /// As the float32 weights: [out, in] or [out, in, kh, kw].
  public let shape: [Int]
  /// Of what is multiplied with them.
  public let input: AffineQuantization

  public init(name: String, shape: [Int], input: AffineQuantization) {
    (self.name, self.shape, self.input) = (name, shape, input)
  }

  public static func scaleName(_ name: String) -> String { name + ".scale" }
  public static func inputName(_ name: String) -> String { name + ".input" }
  public var scaleName: String { Self.scaleName(name) }

  /// The scales as a parameter, for graphs and stores.
  public var scaleSpec: ParameterSpec {
    ParameterSpec(name: scaleName, shape: [shape[0]], initializer: .ones, decays: false)
  }
}

/// `Linear` of bytes and int8 weights: q [..., in], scale [out] (, bias [out]) (, residual) -> float32 [..., out].
/// Products are summed exactly.
public struct QuantizedLinear: Operation {
  public let weight: QuantizedWeight
  public var bias: Bool
  public var residual = false
  public var epilogue = Epilogue.none
  public init(weight: QuantizedWeight, bias: Bool) { (self.weight, self.bias) = (weight, bias) }
  public var name: String { "quantized-linear" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2 + (bias ? 1 : 0) + (residual ? 1 : 0))
    try expectFloat(Array(inputs.dropFirst()))
    let (x, w) = (inputs[0], weight.shape)
    guard x.element == .uint8, x.rank >= 2, w.count == 2, x.width == w[1] else {
      throw wrong("x \(describe(x.shape)) does not fit weights \(describe(w)) ([out, in])")
    }
    try expect(inputs, perChannel: w[0], bias: bias)
    return [TensorType(.float32, x.shape.dropLast() + [w[0]])]
  }
}

/// `Convolution` of bytes and int8 weights [out, in, kh, kw], as `QuantizedLinear`.
public struct QuantizedConvolution: Operation {
  public let weight: QuantizedWeight
  public var convolution: Convolution
  public init(weight: QuantizedWeight, _ convolution: Convolution) {
    (self.weight, self.convolution) = (weight, convolution)
  }
  public var name: String { "quantized-conv2d" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2 + (convolution.bias ? 1 : 0) + (convolution.residual ? 1 : 0))
    guard inputs[0].element == .uint8, weight.shape.count == 4 else {
      throw wrong("takes bytes and weights [out, in, kh, kw], not \(describe(weight.shape))")
    }
    try expectFloat(Array(inputs.dropFirst()))
    try expect(inputs, perChannel: weight.shape[0], bias: convolution.bias)
    let plain = [TensorType(.float32, inputs[0].shape), TensorType(.float32, weight.shape)] + inputs.dropFirst(2)
    return try convolution.outputs(plain)
  }
}

extension Operation {
  fileprivate func expect(_ inputs: [TensorType], perChannel count: Int, bias: Bool) throws(GraphError) {
    for input in inputs[1..<(bias ? 3 : 2)] where input.shape != [count] {
      throw wrong("scales and bias must be [\(count)], not \(describe(input.shape))")
    }
  }
}
