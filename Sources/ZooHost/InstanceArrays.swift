import ZooABI
import ZooJSON

extension ComponentInstance {
  /// Whether the head computes metrics itself, `decode` predictions itself.
  public var hasMetrics: Bool { component.table.metric != nil }
  public var hasDecoder: Bool { component.table.decode != nil }

  /// A metric of the head's own over a whole evaluation.
  /// - Parameter arrays: outputs by name, `target.first` or `target.labels`, `weight`.
  public func metric(_ name: String, _ arrays: [HostArray]) throws(HostError) -> Double {
    guard let function = component.table.metric else { throw .call(component, "metric", HostError.hasNone) }
    try check(arrays, "metric")
    var value = Double.nan
    let failure = component.context("metric").call { ctx in
      name.withText { name in
        withArrays(arrays[...]) { function(ctx, instance, name, $0.baseAddress, $0.count, &value) }
      }
    }
    if let failure { throw .call(component, "metric", failure) }
    return value
  }

  /// The head's own predictions, one JSON text for each row of the outputs.
  public func decode(_ outputs: [HostArray]) throws(HostError) -> [String] {
    guard let function = component.table.decode else { throw .call(component, "decode", HostError.hasNone) }
    try check(outputs, "decode")
    let json = try Self.answer(component, "decode") { ctx in
      withArrays(outputs[...]) { function(ctx, instance, $0.baseAddress, $0.count) }
    }
    let rows = outputs.first?.shape.first ?? 0
    guard case .array(let items) = json, items.count == rows else {
      throw .declaration(component, "decode", HostError.predictions(rows))
    }
    return items.map(\.description)
  }

  private func check(_ arrays: [HostArray], _ call: String) throws(HostError) {
    for array in arrays where !array.fits { throw .call(component, call, HostError.arrayShape(array.name)) }
  }
}
