/// Joins a recipe file, the files it extends and the settings of the command line to one tree.
enum RecipeTree {
  static let deepestExtends = 2
  static let deepestOverride = 16

  /// - Returns: the merged tree without `extends`; every value keeps the place it came from.
  static func load(_ bytes: [UInt8], path: String, overrides: [String]) throws -> YAMLNode {
    var tree = try extended(bytes, path, chain: [])
    for text in overrides { try set(text, in: &tree, folder: folderOf(path)) }
    return tree
  }

  private static func extended(_ bytes: [UInt8], _ path: String, chain: [String]) throws -> YAMLNode {
    guard let tree = try YAMLNode.parse(bytes, name: path), !tree.isNull else {
      throw RecipeError.empty(SourceLocation(file: path))
    }
    guard var entries = tree.entries else {
      throw RecipeError.notMapping(tree)
    }
    guard let index = entries.firstIndex(where: { $0.key == "extends" }) else { return tree }
    let base = entries.remove(at: index).value
    let other = try readText(base, "extends")
    let parent = joinPath(folderOf(path), other)
    let chain = chain + [path]
    if chain.contains(where: { realPath($0) == realPath(parent) }) {
      throw RecipeError.extendsCycle(base.location, chain: chain + [parent])
    }
    guard chain.count <= deepestExtends else {
      throw RecipeError.extendsTooDeep(base.location, limit: deepestExtends)
    }
    let parentBytes: [UInt8]
    do { parentBytes = try readFile(parent, limit: YAMLLimits.recipe.bytes) } catch {
      throw RecipeError.cannotExtend(base.location, parent, because: error.reason)
    }
    let parentTree = try extended(parentBytes, parent, chain: chain)
    return merge(parentTree, YAMLNode(.mapping(entries), at: tree.location))
  }

  /// Mappings merge key by key, in the order of the first; anything else is replaced.
  static func merge(_ base: YAMLNode, _ overlay: YAMLNode) -> YAMLNode {
    guard var merged = base.entries, let added = overlay.entries else { return overlay }
    var places: [String: Int] = [:]
    for (index, entry) in merged.enumerated() { places[entry.key] = index }
    for entry in added {
      if let index = places[entry.key] {
        let value = merge(merged[index].value, entry.value)
        merged[index] = YAMLEntry(entry.key, value, at: entry.keyLocation)
      } else {
        merged.append(entry)
      }
    }
    return YAMLNode(.mapping(merged), at: overlay.location)
  }

  /// Applies one `a.b=value`; missing mappings are made. With `commas`, `1,2,3` is a list of numbers.
  static func set(_ text: String, in tree: inout YAMLNode, folder: String, commas: Bool = false) throws {
    let source = SourceText(name: "--set \(text)", folder: folder, bytes: Array(text.utf8))
    func place(_ prefix: Substring) -> SourceLocation {
      SourceLocation(file: source.name, line: 0, column: prefix.unicodeScalars.count + 1, source: source)
    }
    let location = place("")
    guard let equals = text.firstIndex(of: "=") else { throw RecipeError.overrideWithoutEquals(location) }
    let parts = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
    let keys = parts.map(String.init)
    if keys.contains(where: \.isEmpty) { throw RecipeError.overrideEmptyKey(location) }
    if keys.count > deepestOverride { throw RecipeError.overrideTooDeep(location, limit: deepestOverride) }
    if keys == ["extends"] { throw RecipeError.overrideExtends(location) }
    var written = String(text[text.index(after: equals)...])
    if commas, isNumberList(written) { written = "[\(written)]" }
    let value = try overrideValue(written, place(text[...equals]))
    let places = parts.map { place(text[..<$0.startIndex]) }
    try set(keys[...], at: places[...], to: value, in: &tree, done: [])
  }

  private static func isNumberList(_ text: String) -> Bool {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count > 1 && parts.allSatisfy { numberShape(of: String($0).utf8) != .none }
  }

  private static func overrideValue(_ text: String, _ location: SourceLocation) throws -> YAMLNode {
    let parsed: YAMLNode?
    do {
      parsed = try YAMLNode.parse(Array(text.utf8), name: location.file)
    } catch let error as RecipeError {
      throw RecipeError(at: shift(error.location, to: location), error.message, hint: error.hint)
    }
    guard let parsed else {
      let isBlank = text.allSatisfy(\.isWhitespace)
      guard isBlank else { throw RecipeError.overrideWithoutValue(location) }
      return YAMLNode(.scalar("", plain: true), at: location)
    }
    return relocate(parsed, to: location)
  }

  /// The places of a value's text become places of the setting, whose value begins at `location`.
  private static func relocate(_ node: YAMLNode, to location: SourceLocation) -> YAMLNode {
    let place = shift(node.location, to: location)
    switch node.content {
    case .scalar: return YAMLNode(node.content, at: place)
    case .sequence(let items):
      return YAMLNode(.sequence(items.map { relocate($0, to: location) }), at: place)
    case .mapping(let entries):
      let moved = entries.map {
        YAMLEntry($0.key, relocate($0.value, to: location), at: shift($0.keyLocation, to: location))
      }
      return YAMLNode(.mapping(moved), at: place)
    }
  }

  private static func shift(_ place: SourceLocation, to start: SourceLocation) -> SourceLocation {
    guard place.line == 1 else { return start }
    return SourceLocation(
      file: start.file, line: 0, column: start.column + place.column - 1, source: start.source)
  }

  /// - Parameter places: of the keys.
  private static func set(
    _ keys: ArraySlice<String>, at places: ArraySlice<SourceLocation>, to value: YAMLNode,
    in node: inout YAMLNode, done: [String]
  ) throws {
    guard let key = keys.first else {
      node = value
      return
    }
    let place = places.first ?? value.location
    if node.isNull { node = YAMLNode(.mapping([]), at: place) }
    guard var entries = node.entries else {
      throw RecipeError.overrideThrough(place, done.joined(separator: "."), is: node)
    }
    let index = entries.firstIndex { $0.key == key } ?? entries.count
    if index == entries.count {
      entries.append(YAMLEntry(key, YAMLNode(.scalar("", plain: true), at: place), at: place))
    }
    try set(keys.dropFirst(), at: places.dropFirst(), to: value, in: &entries[index].value, done: done + [key])
    if keys.count == 1 { entries[index].keyLocation = place }
    node.content = .mapping(entries)
  }
}
