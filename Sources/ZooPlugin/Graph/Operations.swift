// The host's operations on tensors and given weights.

extension Graph {
  /// y = x·wᵀ + bias: x [..., in], weight [out, in], bias [out].
  public func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
    if let bias { return try op("linear@1", x, weight, bias, attributes: ["bias": .int(1)]) }
    return try op("linear@1", x, weight)
  }

  /// a [..., m, k] times b [..., k, n], either read transposed.
  public func matmul(
    _ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false
  ) throws -> Tensor {
    try op(
      "matmul@1", a, b,
      attributes: ["transpose_a": .int(transposeA ? 1 : 0), "transpose_b": .int(transposeB ? 1 : 0)])
  }

  /// x [batch, h, w, in], weight [out, in, kernel height, kernel width], bias [out] -> [batch, h', w', out].
  public func conv2d(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
  ) throws -> Tensor {
    let inputs = [x, weight] + (bias.map { [$0] } ?? [])
    return try op(
      "conv2d@1", inputs,
      ["stride": .int(stride), "padding": .int(padding), "bias": .int(bias == nil ? 0 : 1)])[0]
  }

  /// Largest of each window; the padding has the value 0.
  public func maxPool(_ x: Tensor, kernel: Int, stride: Int, padding: Int = 0) throws -> Tensor {
    try op(
      "max-pool@1", x, attributes: ["kernel": .int(kernel), "stride": .int(stride), "padding": .int(padding)])
  }

  /// (w - mean) / sqrt(variance + epsilon) for each output channel, biased variance.
  public func weightStandardise(_ weight: Tensor, epsilon: Double) throws -> Tensor {
    try op("weight-standardise@1", weight, attributes: ["epsilon": .float(epsilon)])
  }

  /// Layer normalisation without scale and offset.
  public func layerNorm(_ x: Tensor, epsilon: Double = 1e-6) throws -> Tensor {
    try op("layer-norm@1", x, attributes: ["epsilon": .float(epsilon), "affine": .int(0)])
  }

  /// Multi-head self-attention: [batch, n, 3·d] of queries, keys and values, each head-major -> [batch, n,
  /// d].
  public func attention(_ qkv: Tensor, heads: Int) throws -> Tensor {
    try op("attention@1", qkv, attributes: ["heads": .int(heads)])
  }

  /// The loss of each example [batch] from logits [batch, classes].
  public func softmaxCrossEntropy(
    _ logits: Tensor, _ target: ClassTarget, smoothing: Double = 0
  ) throws -> Tensor {
    try op(
      "softmax-cross-entropy@1", logits, target.first, target.second, target.mix,
      attributes: ["smoothing": .float(smoothing)])
  }

  /// Σ over examples of aᵀ·b: a [batch, m], b [batch, n] -> [m, n]. For what a state learns from a batch; nothing is
  /// learned through it.
  public func outerSum(_ a: Tensor, _ b: Tensor) throws -> Tensor { try op("outer-sum@1", a, b) }

  /// The mean over examples and positions: [batch, ..., c] -> [c]. It couples the examples of a batch: a recipe that splits
  /// batches is refused.
  public func batchMean(_ x: Tensor) throws -> Tensor { try op("batch-mean@1", x) }

  /// Indices int32 [batch] -> [batch, classes]; a row of zeros where the index is none of them.
  public func oneHot(_ indices: Tensor, classes: Int) throws -> Tensor {
    try op("one-hot@1", indices, attributes: ["classes": .int(classes)])
  }

  /// In training elements are 0 with probability `rate` and the others divided by 1 - rate; elsewhere x itself. What is
  /// dropped depends on the run's seed, the step, the example and the place in the graph alone.
  /// - Parameter whole: drops whole examples (stochastic depth).
  public func dropout(_ x: Tensor, rate: Double, whole: Bool = false) throws -> Tensor {
    rate == 0 ? x : try op("dropout@1", x, attributes: ["rate": .float(rate), "whole": .int(whole ? 1 : 0)])
  }

  public func maximum(_ a: Tensor, _ b: Tensor) throws -> Tensor { try op("maximum@1", a, b) }
  public func minimum(_ a: Tensor, _ b: Tensor) throws -> Tensor { try op("minimum@1", a, b) }
  /// 1 where a > b, else 0.
  public func greater(_ a: Tensor, _ b: Tensor) throws -> Tensor { try op("greater@1", a, b) }
  /// 1 where a = b, else 0.
  public func equal(_ a: Tensor, _ b: Tensor) throws -> Tensor { try op("equal@1", a, b) }

  /// Joined along an axis other than the batch.
  public func concatenate(_ tensors: [Tensor], axis: Int) throws -> Tensor {
    try op("concat@1", tensors, ["axis": .int(axis)])[0]
  }

  /// Every element `value`; no batch.
  public func fill(_ value: Double, shape: [Int]) throws -> Tensor {
    try op("fill@1", attributes: ["shape": .ints(shape), "value": .float(value)])
  }
}
