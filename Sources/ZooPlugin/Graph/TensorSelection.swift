// Choosing by index, by condition and by size, and the cross-entropy of yes-or-no questions.

extension Graph {
  /// Rows of a table [n, …] by int32 indices -> [indices…, …]; with a table [batch, n, …], each example's own rows
  /// by indices [batch] or [batch, k]. An index outside gives zeros.
  public func gather(_ table: Tensor, _ indices: Tensor) throws -> Tensor { try op("gather@1", table, indices) }

  /// `a` where the condition is not 0, else `b`; all three broadcast.
  public func choose(_ condition: Tensor, _ a: Tensor, else b: Tensor) throws -> Tensor {
    try op("where@1", condition, a, b)
  }

  /// The loss of each element from logits and labels in 0...1 of the same shape; 0 where a label is no number.
  public func sigmoidCrossEntropy(_ logits: Tensor, _ labels: Tensor) throws -> Tensor {
    try op("sigmoid-cross-entropy@1", logits, labels)
  }

  /// Numbers that never change, [count].
  public func constant(_ values: [Double]) throws -> Tensor {
    var pieces: [Tensor] = []
    var rest = values[...]
    while let first = rest.first {
      let run = rest.prefix { $0 == first }.count
      pieces.append(try fill(first, shape: [run]))
      rest = rest.dropFirst(run)
    }
    // A call takes a few thousand tensors at most.
    while pieces.count > 1 {
      pieces = try stride(from: 0, to: pieces.count, by: 1024).map {
        try concatenate(Array(pieces[$0..<min($0 + 1024, pieces.count)]), axis: 0)
      }
    }
    guard let whole = pieces.first else { throw ZooError("constant: no numbers") }
    return whole
  }
}

extension Tensor {
  /// The k largest of the last dimension, the largest first, and where they stand (int32).
  public func topK(_ k: Int) throws -> (values: Tensor, indices: Tensor) {
    let both = try graph.op("top-k@1", [self], ["k": .int(k)], outputs: 2)
    return (both[0], both[1])
  }
  /// 1 where the value is a number, 0 where it is none: what is known of a target.
  public func known() throws -> Tensor { try graph.op("equal@1", self, self) }
  /// The value itself, for which no gradient flows back.
  public func stopped() throws -> Tensor { try graph.op("stop-gradient@1", self) }
  /// int32 as float32.
  public func float() throws -> Tensor { try graph.op("float@1", self) }
}

extension ClassTarget {
  /// [batch, classes]: the share of each class in each example's label; zeros where there is none.
  public func shares(_ g: HeadGraph, classes: Int) throws -> Tensor {
    let mix = try mix.reshaped([Tensor.batch, 1])
    return try g.oneHot(first, classes: classes) * mix + g.oneHot(second, classes: classes) * (1 - mix)
  }
}

extension OutputReading {
  /// One bit for each number: whether it is above 0.
  public static let bits = OutputReading("bits")
  /// Of ordered classes, for each but the last the logit of being above it: [batch, classes - 1].
  public static let levels = OutputReading("levels")
}
