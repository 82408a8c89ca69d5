extension YAMLNode {
  /// What a path leads to.
  struct Found {
    var node: YAMLNode
    /// Of the last key on the way; the place of the item in a list.
    var keyLocation: SourceLocation
    /// False where the path goes on past what exists.
    var isWhole: Bool
  }

  /// Follows keys, and `[0]` or `0` for the items of lists; stops at the innermost node that exists.
  func find(_ path: [String]) -> Found {
    var found = Found(node: self, keyLocation: location, isWhole: true)
    for part in path.flatMap(components) {
      if let entry = found.node.entry(part) {
        found = Found(node: entry.value, keyLocation: entry.keyLocation, isWhole: true)
      } else if let items = found.node.items, let index = index(part), items.indices.contains(index) {
        found = Found(node: items[index], keyLocation: items[index].location, isWhole: true)
      } else {
        found.isWhole = false
        return found
      }
    }
    return found
  }
}

/// `hidden[0]` is `hidden` and `[0]`.
private func components(_ part: String) -> [String] {
  guard let bracket = part.firstIndex(of: "["), bracket != part.startIndex else { return [part] }
  return [String(part[..<bracket])] + components(String(part[bracket...]), closing: "]")
}

private func components(_ brackets: String, closing: Character) -> [String] {
  brackets.split(separator: closing).map { $0 + String(closing) }
}

private func index(_ part: String) -> Int? {
  part.hasPrefix("[") && part.hasSuffix("]") ? Int(part.dropFirst().dropLast()) : Int(part)
}
