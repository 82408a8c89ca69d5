extension Tensor {
  /// Reduced over axes other than the batch, which are dropped or kept as 1.
  public func sum(_ axes: [Int], keep: Bool = false) throws -> Tensor { try reduced("sum@1", axes, keep) }
  public func mean(_ axes: [Int], keep: Bool = false) throws -> Tensor { try reduced("mean@1", axes, keep) }
  public func max(_ axes: [Int], keep: Bool = false) throws -> Tensor { try reduced("max@1", axes, keep) }

  private func reduced(_ operation: String, _ axes: [Int], _ keep: Bool) throws -> Tensor {
    try graph.op(operation, self, attributes: ["axes": .ints(axes), "keep": .int(keep ? 1 : 0)])
  }

  /// The same elements in another shape; `Tensor.batch` stays first.
  public func reshaped(_ shape: [Int]) throws -> Tensor {
    try graph.op("reshape@1", self, attributes: ["shape": .ints(shape)])
  }
  /// Dimensions in another order; the batch stays first.
  public func transposed(_ order: [Int]) throws -> Tensor {
    try graph.op("transpose@1", self, attributes: ["order": .ints(order)])
  }
  /// Dimensions of 1, or missing at the left, repeated.
  public func broadcast(_ shape: [Int]) throws -> Tensor {
    try graph.op("broadcast@1", self, attributes: ["shape": .ints(shape)])
  }
  /// The elements of a range along an axis other than the batch.
  public func slice(axis: Int, _ range: Range<Int>) throws -> Tensor {
    try graph.op(
      "slice@1", self,
      attributes: ["axis": .int(axis), "start": .int(range.lowerBound), "stop": .int(range.upperBound)])
  }
}
