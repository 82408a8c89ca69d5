extension Recipe {
  /// The resolved recipe with its defaults spelt out, each line ending with the origin of its value: `file:line`,
  /// `--set a.b=c`, `rule bit-hyperrule` or `default`.
  public var textWithOrigins: String { yamlText(of: tree(withDefaults: true), origins: true) }

  /// The resolved recipe, with all defaults that it could say itself.
  public func tree(withDefaults: Bool) -> YAMLNode {
    guard withDefaults else { return resolved }
    var tree = resolved
    fill(RecipeSchema.root, at: [], in: &tree)
    return tree
  }

  /// Adds defaults to the mappings that there are, and those mappings whose default is to be there.
  private func fill(_ value: RecipeValue, at path: [String], in tree: inout YAMLNode) {
    let node = tree.find(path)
    guard node.isWhole else { return }
    switch value {
    case .keys(let entries):
      guard let written = node.node.entries else { return }
      for entry in entries {
        if case .value(let text) = entry.field.absence, !written.contains(where: { $0.key == entry.key }),
          let standard = try? YAMLNode.parse(Array(text.utf8), name: "")
        {
          add(standard.located(at: SourceLocation(file: "default")), entry.key, at: path, to: &tree)
        }
        fill(entry.field.value, at: path + [entry.key], in: &tree)
      }
    case .named(let inner):
      for entry in node.node.entries ?? [] { fill(inner, at: path + [entry.key], in: &tree) }
    case .either(let values):
      for value in values { fill(value, at: path, in: &tree) }
    case .text, .path, .truth, .integer, .number, .words, .list, .step, .options: return
    }
  }

  /// Adds a default unless the recipe refuses it there, as a key that belongs to another choice.
  private func add(_ standard: YAMLNode, _ key: String, at path: [String], to tree: inout YAMLNode) {
    let wider = tree.adding(key, standard, at: path[...])
    if (try? Recipe(path: self.path, tree: wider)) != nil { tree = wider }
  }
}

extension YAMLNode {
  /// The tree with one more key in the mapping that a path leads to.
  fileprivate func adding(_ key: String, _ value: YAMLNode, at path: ArraySlice<String>) -> YAMLNode {
    guard var entries else { return self }
    guard let first = path.first else {
      return YAMLNode(.mapping(entries + [YAMLEntry(key, value, at: value.location)]), at: location)
    }
    for index in entries.indices where entries[index].key == first {
      entries[index].value = entries[index].value.adding(key, value, at: path.dropFirst())
    }
    return YAMLNode(.mapping(entries), at: location)
  }
}
