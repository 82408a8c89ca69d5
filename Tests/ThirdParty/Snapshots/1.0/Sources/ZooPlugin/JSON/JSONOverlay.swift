extension JSON {
  /// What the user wrote over the defaults: only keys that the defaults have; groups are merged, lists
  /// replaced.
  func overlaid(with other: JSON, at path: String) throws -> JSON {
    guard case .object(var fields) = self else { return other }
    guard case .object(let theirs) = other else {
      throw ZooError.type(path, want: "a group of options", got: other)
    }
    for (key, value) in theirs {
      guard let index = fields.firstIndex(where: { $0.key == key }) else {
        throw ZooError.unknownKey(path, key, known: fields.map(\.key))
      }
      fields[index].value = try fields[index].value.overlaid(with: value, at: path + "." + key)
    }
    return .object(fields)
  }
}
