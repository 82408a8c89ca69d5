import ZooArchive

extension ModelCard {
  /// The card as JSON, with the keys of its YAML; what it does not say is left out.
  public var json: JSONValue {
    var value: JSONObject = [
      "schema": .string(Self.schema), "name": .string(name), "title": .string(title),
      "architecture": .string(architecture),
    ]
    if !options.isEmpty, let given = try? JSONValue(parsing: options.json(), file: name) {
      value["options"] = given
    }
    value["classes"] = .int(Int64(classes))
    if let source { value["source"] = .string(source.rawValue) }
    if let licence { value["licence"] = .string(licence) }
    value["files"] = .array(files.map(\.json))
    value["tensors"] = .object(
      JSONObject(tensors.map { (key: $0.format.rawValue, value: .int(Int64($0.count))) }))
    value["parameters"] = .int(Int64(parameters))
    value["gmacs"] = .object(JSONObject(cost.map { (key: "\($0.resolution)", value: .double($0.gmacs)) }))
    value["input"] = input.json
    value["accuracy"] = .array(accuracy.map(\.json))
    if let upstream { value["upstream"] = .string(upstream) }
    if let paper { value["paper"] = .string(paper) }
    value["notes"] = .array(notes.map { .string($0) })
    return .object(value)
  }
}

extension ModelCard.File {
  fileprivate var json: JSONValue {
    ["name": .string(name), "url": .string(url), "format": .string(format.rawValue)]
  }
}

extension ModelCard.Input {
  fileprivate var json: JSONValue {
    var value: JSONObject = [
      "size": .int(Int64(size)), "mean": .array(mean.map { .double($0) }),
      "std": .array(std.map { .double($0) }),
    ]
    if let interpolation { value["interpolation"] = .string(interpolation.rawValue) }
    if let crop { value["crop"] = .double(crop) }
    return .object(value)
  }
}

extension ModelCard.Accuracy {
  fileprivate var json: JSONValue {
    var value: JSONObject = [
      "data": .string(data), "metric": .string(metric), "value": .double(self.value),
    ]
    if let resolution { value["resolution"] = .int(Int64(resolution)) }
    if let setting { value["setting"] = .string(setting) }
    value["source"] = .string(source)
    return .object(value)
  }
}
