extension Graph {
  /// The input that brings every example its key of two words, wherever anything is drawn for examples.
  public static let randomInput = "random"
  /// The input that brings the step its key of two words, wherever anything is drawn for all examples of a step alike.
  public static let stepInput = "random.step"

  /// As `apply(named:)`, and draws are made ready: in training the host brings their keys as the inputs `random` and
  /// `random.step`. A dropout takes x alone; outside training, or where the rate is 0, it is x itself. A sample of classes
  /// takes nothing, and is drawn in training only.
  public mutating func apply(
    named name: String, _ inputs: [Value], _ attributes: Attributes, isTraining: Bool
  ) throws(GraphError) -> [Value] {
    switch try OperationCatalogue.make(name, attributes) {
    case var dropout as Dropout:
      try dropout.expect(inputs, count: 1)
      guard contains(inputs[0]) else { throw dropout.wrong("input 0 is no node of this graph (\(inputs[0].index))") }
      try dropout.check(type(of: inputs[0]))
      guard isTraining, dropout.rate > 0 else { return inputs }
      dropout.node = count(Dropout.self)
      return try apply(dropout, [inputs[0], key(Self.randomInput, Dropout.keys)])
    case var sample as SampleClasses:
      try sample.expect(inputs, count: 0)
      guard isTraining else { throw sample.wrong("is drawn in training only; other phases use all classes") }
      sample.node = count(SampleClasses.self)
      return try apply(sample, [key(Self.stepInput, SampleClasses.key)])
    default: return try apply(named: name, inputs, attributes)
    }
  }

  private mutating func key(_ name: String, _ type: TensorType) throws(GraphError) -> Value {
    if let key = input(named: name) { return key }
    return try input(name, type)
  }

  /// Operations of a kind so far.
  private func count<Wanted: Operation>(_: Wanted.Type) -> Int {
    nodes.count { if case .operation(let operation) = $0.kind { operation is Wanted } else { false } }
  }
}

extension Operation {
  fileprivate func expect(_ inputs: [Value], count: Int) throws(GraphError) {
    guard inputs.count == count else { throw wrong("takes \(count) inputs, got \(inputs.count)") }
  }
}
