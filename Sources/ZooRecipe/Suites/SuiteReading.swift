private enum SuiteKey: String, MappingKey { case schema, name, title, tasks }
private enum SuiteTaskKey: String, MappingKey {
  case group, data, train, validation, test, label, crop, flip, shots, runs, settings, mapping
}
private enum LabelRecipeKey: String, MappingKey {
  case value, count, minimum, of, `where`, otherwise, subtract, divide, bins, classes
}
private enum ConditionKey: String, MappingKey { case key, below }
private enum MappingFileKey: String, MappingKey { case file, classes }

extension Suite {
  /// Reads a suite from its file.
  public static func load(path: String) throws -> Suite {
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: YAMLLimits.recipe.bytes) } catch {
      throw RecipeError.cannotRead(path, because: error.reason)
    }
    return try Suite(bytes: bytes, file: path)
  }

  /// Reads a suite strictly: unknown keys are errors, at their line and column.
  ///
  /// - Parameter file: what errors call it.
  public init(bytes: [UInt8], file: String) throws {
    guard let tree = try YAMLNode.parse(bytes, name: file, folder: ""), !tree.isNull else {
      throw RecipeError.empty(SourceLocation(file: file))
    }
    let reader = try MappingReader<SuiteKey>(tree, path: "")
    let schema = try reader.required(.schema, example: Self.schema)
    guard schema.textValue == Self.schema else {
      throw RecipeError(at: schema.location, "this is no suite that can be read here; expected '\(Self.schema)'")
    }
    let nameNode = try reader.required(.name, example: "vtab-1k")
    name = try readText(nameNode, "name")
    title = try reader.text(.title) ?? name
    _ = try reader.required(.tasks, example: "{pets: {data: pets, train: 'train[:800]', test: test}}")
    tasks = try reader.named(.tasks, SuiteTask.init) ?? []
    guard !tasks.isEmpty else { throw RecipeError(at: tree.location, "a suite needs a task") }
  }
}

extension SuiteTask {
  fileprivate init(_ entry: YAMLEntry, _ path: String) throws {
    let reader = try MappingReader<SuiteTaskKey>(entry.value, path: path)
    name = entry.key
    group = try reader.text(.group)
    let folder = try reader.text(.data) ?? entry.key
    try checkName(folder, at: reader.node(.data)?.location ?? entry.keyLocation, reader.path(.data), dots: true)
    data = folder
    func slice(_ key: SuiteTaskKey) throws -> SuiteSlice? {
      try reader.node(key).map { node in
        guard let slice = node.textValue.flatMap(SuiteSlice.init) else {
          throw RecipeError.wrongType(
            node, reader.path(key), wanted: "a part of a split, such as test, train[:800] or train[90%:+200]")
        }
        return slice
      }
    }
    train = try slice(.train)
    validation = try slice(.validation)
    guard let test = try slice(.test) else {
      throw RecipeError.missing(entry.keyLocation, reader.path(.test), example: "test: test")
    }
    self.test = test
    label = try reader.mapping(.label, LabelRecipeKey.self, LabelRecipe.init)
    crop = try reader.choice(.crop)
    flip = try reader.double(.flip, .within(0, 1))
    amounts =
      try reader.list(.shots) { node, path -> Amount in
        node.textValue == "all" ? .all : .perClass(try readInt(node, path, .atLeast(1)))
      } ?? [.all]
    runs = try reader.int(.runs, .within(1, 1000)) ?? 1
    settings = try reader.list(.settings, readText) ?? []
    let map = try reader.mapping(.mapping, MappingFileKey.self) { inner in
      (try inner.text(.file) ?? "classes.csv", try inner.int(.classes, .atLeast(1)))
    }
    (mapping, mappedClasses) = (map?.0, map?.1)
    guard (train == nil) == (mapping != nil) else {
      throw RecipeError(
        at: entry.keyLocation, "'\(path)' needs either 'train', to learn from, or 'mapping', to a trained model's classes")
    }
  }
}

extension LabelRecipe {
  fileprivate init(_ reader: MappingReader<LabelRecipeKey>) throws {
    let given: [LabelRecipeKey] = [.value, .count, .minimum].filter { reader.entry($0) != nil }
    guard given.count == 1 else {
      throw RecipeError(
        at: reader.node.location, "'\(reader.path)' needs one of 'value', 'count' and 'minimum'")
    }
    func annotation(_ node: YAMLNode, _ path: String) throws -> AnnotationPath {
      guard let found = node.textValue.flatMap(AnnotationPath.init) else {
        throw RecipeError.wrongType(node, path, wanted: "a key, or a key with a place, such as location[2]")
      }
      return found
    }
    if given[0] != .minimum {
      try reader.refuse([.of, .where, .otherwise], belongingTo: "minimum", given: given[0].rawValue)
    }
    switch given[0] {
    case .value: measure = .value(try reader.text(.value) ?? "")
    case .count: measure = .count(try reader.text(.count) ?? "")
    default:
      let of = try reader.required(.of, example: "'pixel_coords[2]'")
      measure = .minimum(try reader.text(.minimum) ?? "", of: try annotation(of, reader.path(.of)))
    }
    condition = try reader.mapping(.where, ConditionKey.self) { inner in
      let key = try inner.required(.key, example: "type")
      _ = try inner.required(.below, example: "3")
      return (try annotation(key, inner.path(.key)), try inner.double(.below, .any) ?? 0)
    }
    otherwise = try reader.double(.otherwise, .any)
    subtract = try reader.double(.subtract, .any) ?? 0
    divide = try reader.double(.divide, .above(0)) ?? 1
    bins = try reader.list(.bins) { try readDouble($0, $1, .any) } ?? []
    if !bins.isEmpty { try reader.refuse([.subtract, .divide], belongingTo: "value", given: "bins") }
    guard bins == bins.sorted(), bins.count != 1 else {
      throw RecipeError(at: reader.node.location, "'\(reader.path).bins' needs two edges or more, in rising order")
    }
    classes = try reader.int(.classes, .within(2, 1_000_000)) ?? (bins.isEmpty ? nil : bins.count)
  }
}
