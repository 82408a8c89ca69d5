/// Window, step and zero padding of a convolution or pool.
public struct Window: Sendable, Hashable {
  public var stride: Int
  public var padTop: Int, padLeft: Int, padBottom: Int, padRight: Int

  public init(stride: Int, padding: Int) {
    self.stride = stride
    (padTop, padLeft, padBottom, padRight) = (padding, padding, padding, padding)
  }

  /// (size + pads - kernel) / stride + 1, or 0 when the window does not fit.
  func outputSize(_ size: Int, kernel: Int, pads: Int) -> Int {
    size + pads < kernel ? 0 : (size + pads - kernel) / stride + 1
  }
}

/// 2-D convolution (cross-correlation): x [batch, h, w, in], weights [out, in, kh, kw], bias [out] -> [batch, h', w', out].
///
/// Residual and epilogue appear only through rewriting, as in `Linear`.
public struct Convolution: Operation {
  public var window: Window
  public var bias: Bool
  public var residual = false
  public var epilogue = Epilogue.none
  public init(window: Window, bias: Bool) {
    self.window = window
    self.bias = bias
  }
  public var name: String { "conv2d@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2 + (bias ? 1 : 0) + (residual ? 1 : 0))
    try expectFloat(inputs)
    let (x, w) = (inputs[0].shape, inputs[1].shape)
    guard x.count == 4, w.count == 4, x[3] == w[1] else {
      throw wrong("x \(describe(x)) ([batch, h, w, in]) does not fit weights \(describe(w)) ([out, in, kh, kw])")
    }
    if bias, inputs[2].shape != [w[0]] { throw wrong("bias is \(describe(inputs[2].shape)), it must be [\(w[0])]") }
    let height = window.outputSize(x[1], kernel: w[2], pads: window.padTop + window.padBottom)
    let width = window.outputSize(x[2], kernel: w[3], pads: window.padLeft + window.padRight)
    guard height > 0, width > 0 else { throw wrong("a \(w[2])×\(w[3]) window does not fit into \(describe(x))") }
    return [TensorType(.float32, [x[0], height, width, w[0]])]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let (x, w, dy) = (context.inputs[0], context.inputs[1], try context.dy())
    var result: [Value?] = [nil, nil]
    if context.needed[0] {
      let gradient = ConvolutionInputGradient(window: window, inputShape: context.type(x).shape)
      result[0] = try context.apply(gradient, [dy, w])
    }
    if context.needed[1] {
      let gradient = ConvolutionWeightGradient(window: window, weightShape: context.type(w).shape)
      result[1] = try context.apply(gradient, [dy, x])
    }
    if bias { result.append(context.needed[2] ? try context.apply(ColumnSum(), [dy]) : nil) }
    return result
  }
}

/// dx of `Convolution` from dy and the weights.
public struct ConvolutionInputGradient: Operation {
  public let window: Window
  public let inputShape: [Int]
  public var name: String { "conv2d-input-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [TensorType(.float32, inputShape)] }
}

/// dw of `Convolution` from dy and x.
public struct ConvolutionWeightGradient: Operation {
  public let window: Window
  public let weightShape: [Int]
  public var name: String { "conv2d-weight-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [TensorType(.float32, weightShape)] }
}

/// Max pooling whose padding has the value 0 (BiT pads explicitly with zeros, and a zero can win): [batch, h, w, c].
public struct MaxPool: Operation {
  public let kernel: Int
  public let window: Window
  public var name: String { "max-pool@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    let x = inputs[0].shape
    guard x.count == 4 else { throw wrong("x must be [batch, h, w, c], not \(describe(x))") }
    let height = window.outputSize(x[1], kernel: kernel, pads: 2 * window.padTop)
    let width = window.outputSize(x[2], kernel: kernel, pads: 2 * window.padLeft)
    guard height > 0, width > 0 else { throw wrong("a window of \(kernel) does not fit into \(describe(x))") }
    return [TensorType(.float32, [x[0], height, width, x[3]])]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    [try context.apply(MaxPoolGradient(pool: self), [context.inputs[0], try context.dy()])]
  }
}

/// dx of `MaxPool` from x and dy.
public struct MaxPoolGradient: Operation {
  public let pool: MaxPool
  public var name: String { "max-pool-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [inputs[0]] }
}

/// Weight standardisation (BiT): for each output channel (w - mean) / sqrt(var + epsilon) over the rest, biased variance.
/// Outputs: the weights, and each channel's mean and 1/sqrt(var + epsilon).
public struct WeightStandardise: Operation {
  public let epsilon: Double
  public init(epsilon: Double) { self.epsilon = epsilon }
  public var name: String { "weight-standardise@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    guard inputs[0].rank >= 2, !inputs[0].isBatched else { throw wrong("takes weights [out, ...]") }
    let channels = TensorType(.float32, [inputs[0].shape[0]])
    return [inputs[0], channels, channels]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let inputs = [context.inputs[0], context.outputs[1], context.outputs[2], try context.dy()]
    return [try context.apply(WeightStandardiseGradient(), inputs)]
  }
}

/// dw of `WeightStandardise` from w, mean, 1/deviation and dy.
public struct WeightStandardiseGradient: Operation {
  public var name: String { "weight-standardise-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [inputs[0]] }
}

let convolutionEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "conv2d@1",
    summary:
      "x [batch, h, w, in], w [out, in, kh, kw], bias [out] (bias = 1) -> [batch, h', w', out]; stride, padding (zeros)"
  ) { (reader) throws(GraphError) in
    Convolution(
      window: Window(
        stride: try reader.int("stride", default: 1, in: 1...1024),
        padding: try reader.int("padding", default: 0, in: 0...1024)),
      bias: try reader.int("bias", default: 0, in: 0...1) == 1)
  },
  .init(
    name: "max-pool@1", summary: "x [batch, h, w, c] -> [batch, h', w', c]; kernel, stride, padding with the value 0"
  ) {
    (reader) throws(GraphError) in
    MaxPool(
      kernel: try reader.int("kernel", in: 1...1024),
      window: Window(
        stride: try reader.int("stride", default: 1, in: 1...1024),
        padding: try reader.int("padding", default: 0, in: 0...1024)))
  },
  .init(
    name: "weight-standardise@1",
    summary: "w [out, ...] -> the same shape; (w - mean) / sqrt(var + epsilon) for each output channel, biased variance"
  ) { (reader) throws(GraphError) in WeightStandardise(epsilon: try reader.float("epsilon", default: 1e-10)) },
]
