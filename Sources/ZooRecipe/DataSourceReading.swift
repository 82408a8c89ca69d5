extension DataSource {
  init(_ node: YAMLNode, _ path: String) throws {
    let reader = try MappingReader<DataKey>(node, path: path)
    split = try reader.mapping(.split, SplitKey.self, Split.init)
    _ = try reader.required(.format)
    let format: DataFormat = try reader.choice(.format) ?? .folder
    func file(_ key: DataKey, example: String) throws -> RecipePath {
      try RecipePath(try reader.required(key, example: example), reader.path(key))
    }
    let classes = try reader.node(.classes).map { try ClassList($0, reader.path(.classes)) }
    if format != .tensors {
      try reader.refuse(DataKey.ofTensors, belongingTo: "format: tensors", given: format.rawValue)
    }
    switch format {
    case .folder, .tar:
      try reader.refuse([.classes], belongingTo: "format: tensors", given: format.rawValue)
      try reader.refuse(DataKey.ofTables, belongingTo: "format: csv", given: format.rawValue)
      let path = try file(.path, example: format == .tar ? "images.tar" : "images/train")
      contents = format == .tar ? .tar(path) : .folder(path)
    case .tensors:
      try reader.refuse([.path], belongingTo: "format: folder", given: format.rawValue)
      try reader.refuse(DataKey.ofTables, belongingTo: "format: csv", given: format.rawValue)
      _ = try reader.required(.classes)
      contents = .tensors(
        x: try file(.x, example: "x.npy"), labels: try file(.labels, example: "labels.npy"),
        classes: classes ?? .count(1))
    case .csv: contents = .csv(try file(.path, example: "labels.csv"), try Table(reader, classes))
    case .jsonl: contents = .jsonl(try file(.path, example: "labels.jsonl"), try Table(reader, classes))
    case .webdataset:
      try reader.refuse([.image], belongingTo: "format: csv", given: format.rawValue)
      contents = .webdataset(try file(.path, example: "'images-{000..127}.tar'"), try Table(reader, classes))
    case .annotations:
      try reader.refuse([.image, .kind, .weight, .classes], belongingTo: "format: csv", given: format.rawValue)
      contents = .annotations(try file(.path, example: "annotations.tar"), try Table(reader, classes))
    }
    if !format.isTable, let column = reader.node(.split)?.entries?.first(where: { $0.key == SplitKey.column.rawValue })
    {
      throw RecipeError.onlyFor(column.keyLocation, column.key, "format: csv", given: format.rawValue)
    }
    broken = try reader.choice(.broken) ?? RecipeDefaults.broken
    limitPerClass = try reader.int(.limitPerClass)
    subsetSeed = try reader.int(.subsetSeed) ?? RecipeDefaults.subsetSeed
    location = node.location
  }

  /// Data named on the command line: a folder, a `.tar`, `.csv` or `.jsonl` file, a pattern of WebDataset shards, or a
  /// mapping as in a recipe (`{format: tensors, x: x.npy, labels: labels.npy, classes: 10}`).
  public init(spec: String) throws {
    if spec.hasPrefix("{") {
      guard let node = try YAMLNode.parse(Array(spec.utf8), name: "--data", folder: "") else {
        throw RecipeError.unwritableData(spec)
      }
      try self.init(node, "data")
      return
    }
    if spec.isEmpty { throw RecipeError.unwritableData(spec) }
    let location = SourceLocation(file: "--data \(spec)")
    let path = RecipePath(spec, at: location)
    self.init(
      contents: Self.contents(of: path), split: nil, broken: RecipeDefaults.broken, limitPerClass: nil,
      subsetSeed: RecipeDefaults.subsetSeed, location: location)
  }

  private static func contents(of path: RecipePath) -> Contents {
    let table = Table(label: nil, kind: nil, classes: nil, image: nil, weight: nil, groups: [])
    if path.text.hasSuffix(".csv") { return .csv(path, table) }
    if path.text.hasSuffix(".jsonl") { return .jsonl(path, table) }
    guard path.text.hasSuffix(".tar") else { return .folder(path) }
    return path.text.contains(where: { "{*?[".contains($0) }) ? .webdataset(path, table) : .tar(path)
  }
}

extension DataFormat {
  /// Whether it has columns of its own.
  var isTable: Bool { self == .csv || self == .jsonl || self == .webdataset || self == .annotations }
}

extension DataSource.Table {
  init(_ reader: MappingReader<DataKey>, _ classes: DataSource.ClassList?) throws {
    label = try reader.text(.label)
    kind = try reader.choice(.kind)
    self.classes = classes
    image = try reader.text(.image)
    weight = try reader.text(.weight)
    groups = try reader.list(.groups, readText) ?? []
  }
}

extension DataSource.Split {
  init(_ reader: MappingReader<SplitKey>) throws {
    let given: [SplitKey] = [.fraction, .file, .column].filter { reader.entry($0) != nil }
    guard let first = given.first else {
      throw RecipeError.neitherGiven(reader.node.location, reader.path, "fraction", "file")
    }
    if given.count > 1, let at = reader.entry(given[1]), let other = reader.entry(first) {
      throw RecipeError.bothGiven(at.keyLocation, given[1].rawValue, first.rawValue, other.keyLocation)
    }
    if first != .column { try reader.refuse([.value], belongingTo: "column", given: first.rawValue) }
    if first != .fraction { try reader.refuse([.seed], belongingTo: "fraction", given: first.rawValue) }
    part = try reader.choice(.part) ?? RecipeDefaults.splitPart
    switch first {
    case .file: rule = .file(try RecipePath(try reader.required(.file), reader.path(.file)))
    case .column:
      try reader.refuse([.part], belongingTo: "fraction", given: first.rawValue)
      let value = try reader.required(.value)
      rule = .column(try reader.text(.column) ?? "", value: try readText(value, reader.path(.value)))
    default:
      rule = .fraction(try reader.double(.fraction) ?? 0.5, seed: try reader.int(.seed) ?? RecipeDefaults.splitSeed)
    }
  }
}

extension DataSource.ClassList {
  init(_ node: YAMLNode, _ path: String) throws {
    if node.items != nil {
      self = .names(try readLabels(node, path))
    } else if let count = node.intValue, count >= 1 {
      self = .count(count)
    } else {
      throw RecipeError.wrongType(node, path, wanted: "a number of classes or a list of names")
    }
  }
}
