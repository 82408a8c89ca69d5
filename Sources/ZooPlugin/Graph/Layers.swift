// Operations together with their parameters, `NAME.weight` and `NAME.bias` (`weight` and `bias` without a
// name).

extension Graph {
  private func join(_ name: String, _ part: String) -> String { name.isEmpty ? part : name + "." + part }

  /// y = x·wᵀ + bias over the last dimension: x [..., in] -> [..., out], weight [out, in], bias [out].
  public func linear(
    _ x: Tensor, _ outputs: Int, name: String = "", initial: Initial = .xavierUniform, bias: Bool = true,
    biasInitial: Initial = .zeros
  ) throws -> Tensor {
    let weight = try parameter(join(name, "weight"), shape: [outputs, x.width], initial: initial)
    guard bias else { return try linear(x, weight: weight) }
    return try linear(
      x, weight: weight, bias: parameter(join(name, "bias"), shape: [outputs], initial: biasInitial))
  }

  /// x [batch, h, w, in] -> [batch, h', w', out]; weight [out, in, kernel, kernel]; pads with zeros.
  public func conv2d(
    _ x: Tensor, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, name: String = "",
    initial: Initial = .heNormal, bias: Bool = true
  ) throws -> Tensor {
    let weight = try parameter(
      join(name, "weight"), shape: [outputs, x.width, kernel, kernel], initial: initial)
    let offset = bias ? try parameter(join(name, "bias"), shape: [outputs], initial: .zeros) : nil
    return try conv2d(x, weight: weight, bias: offset, stride: stride, padding: padding)
  }

  /// Normalises over the last dimension; biased variance, `epsilon` inside the root.
  public func layerNorm(_ x: Tensor, name: String, epsilon: Double = 1e-6) throws -> Tensor {
    let (scale, offset) = try affine(x, name)
    return try op(
      "layer-norm@1", x, scale, offset, attributes: ["epsilon": .float(epsilon), "affine": .int(1)])
  }

  /// Normalises each example over all positions and `groups` of contiguous channels; biased variance.
  public func groupNorm(_ x: Tensor, groups: Int = 32, name: String, epsilon: Double = 1e-5) throws -> Tensor
  {
    let (scale, offset) = try affine(x, name)
    return try op(
      "group-norm@1", x, scale, offset, attributes: ["groups": .int(groups), "epsilon": .float(epsilon)])
  }

  /// Batch normalisation (Ioffe and Szegedy 2015) of the last dimension: in training by mean and biased variance over
  /// examples and positions, elsewhere by their running means, the states `NAME.running_mean` and `NAME.running_var`.
  /// It couples the examples of a batch: a recipe that splits batches is refused.
  ///
  /// - Parameters:
  ///   - x: [batch, ..., channels]
  ///   - momentum: the share of a batch's statistics in the new running ones.
  public func batchNorm(
    _ x: Tensor, name: String, epsilon: Double = 1e-5, momentum: Double = 0.1
  ) throws -> Tensor {
    let (scale, offset) = try affine(x, name)
    let runningMean = try state(join(name, "running_mean"), shape: [x.width], initial: 0, merge: .last)
    let runningVariance = try state(join(name, "running_var"), shape: [x.width], initial: 1, merge: .last)
    guard phase == .train else {
      let factor = try scale * (runningVariance + epsilon).rsqrt()
      return try x * factor + (offset - runningMean * factor)
    }
    let mean = try batchMean(x)
    let centred = try x - mean
    let variance = try batchMean(centred.square())
    try update(runningMean, to: runningMean * (1 - momentum) + mean.stopped() * momentum)
    try update(runningVariance, to: runningVariance * (1 - momentum) + variance.stopped() * momentum)
    return try centred * (scale * (variance + epsilon).rsqrt()) + offset
  }

  private func affine(_ x: Tensor, _ name: String) throws -> (Tensor, Tensor) {
    (
      try parameter(join(name, "weight"), shape: [x.width], initial: .ones),
      try parameter(join(name, "bias"), shape: [x.width], initial: .zeros)
    )
  }
}
