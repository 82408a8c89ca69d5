/// Cross-entropy of sigmoid(x) with labels t in 0...1, element by element and without overflow:
/// max(x, 0) - x·t + log(1 + exp(-|x|)). A label that is no number is an unknown one: its loss is 0, without gradient.
public struct SigmoidCrossEntropy: Operation {
  public var name: String { "sigmoid-cross-entropy@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2)
    try expectFloat(inputs)
    guard inputs[0].shape == inputs[1].shape else {
      throw wrong("logits \(describe(inputs[0].shape)) and labels \(describe(inputs[1].shape)) differ in shape")
    }
    return [inputs[0]]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    [try context.apply(SigmoidCrossEntropyGradient(), context.inputs + [try context.dy()]), nil]
  }
}

/// dx of `SigmoidCrossEntropy` from logits, labels and dy: dy·(sigmoid(x) - t), 0 for an unknown label.
public struct SigmoidCrossEntropyGradient: Operation {
  public var name: String { "sigmoid-cross-entropy-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [inputs[0]] }
}

let sigmoidEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "sigmoid-cross-entropy@1",
    summary: "logits, labels in 0...1 of the same shape -> the loss of each element; an unknown label (NaN) gives 0; "
      + "no gradient for labels"
  ) { _ in SigmoidCrossEntropy() }
]
