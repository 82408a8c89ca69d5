import ZooJSON

extension Component {
  /// Options from texts, such as those of a command line: `("units", "1,2,1,1")`.
  ///
  /// Each text is read as what the option's default is; one that does not fit is passed on as text, so that
  /// the component refuses it in its own words, as it does unknown options.
  /// - Returns: a JSON object.
  public func options(settings: [(name: String, text: String)]) throws(HostError) -> String {
    let defaults = try description().defaults.fields ?? []
    var result = JSON.object([])
    for (name, text) in settings {
      let known = defaults.first { $0.key == name }?.value
      result = result.merged(with: .object([(name, JSON(text, like: known))]))
    }
    return result.description
  }
}

extension JSON {
  /// A text read as a value of the kind of `model`; without one, as a number or a word.
  fileprivate init(_ text: String, like model: JSON?) {
    switch model {
    case .string?: self = .string(text)
    case .bool?: self = text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
    case .array(let items)?:
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      self = .array(text.isEmpty ? [] : parts.map { JSON(String($0), like: items.first) })
    case .int?, .double?, .null?, .object?, nil:
      let value = try? JSONParser.parse(text)
      switch value {
      case .int?, .double?, .bool?, .null?: self = value ?? .null
      default: self = .string(text)
      }
    }
  }
}
