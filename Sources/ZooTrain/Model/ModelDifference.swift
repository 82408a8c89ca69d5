import ZooArchive
import ZooRecipe

/// How two model archives differ: what they say of themselves, their labels, their weights.
public struct ModelDifference: Sendable {
  /// A value of the manifest or the config, by its path; nil where one side has none.
  public struct Fact: Sendable, Equatable {
    public let name: String
    public let first: String?
    public let second: String?
  }

  /// The labels of a head that both have.
  public struct Labels: Sendable, Equatable {
    public let head: String
    /// In the order of the classes.
    public let added: [String]
    public let removed: [String]
    /// Whether labels that both have stand in another order.
    public let isReordered: Bool
  }

  /// Those that differ, in the order of the files.
  public let facts: [Fact]
  /// Of heads whose labels differ.
  public let labels: [Labels]
  public let weights: WeightDifference

  public var isEqual: Bool { facts.isEmpty && labels.isEmpty && weights.isEqual }

  public init(_ first: ModelArchive, _ second: ModelArchive) throws {
    let configs = try [first, second].map {
      try ModelConfig(bytes: $0.config, name: $0.path + ":" + Manifest.configPath)
    }
    facts = Self.differing(
      Self.facts(first.manifest) + (try Self.facts(configs[0])),
      Self.facts(second.manifest) + (try Self.facts(configs[1])))
    labels = configs[0].heads.compactMap { head in
      configs[1].head(named: head.name).flatMap { Self.labels(head, $0) }
    }
    weights = try WeightDifference(first.weights, second.weights)
  }

  private static func differing(_ first: [(String, String)], _ second: [(String, String)]) -> [Fact] {
    let (a, b) = (Dictionary(first) { value, _ in value }, Dictionary(second) { value, _ in value })
    let names = first.map(\.0) + second.map(\.0).filter { a[$0] == nil }
    return names.filter { a[$0] != b[$0] }.map { Fact(name: $0, first: a[$0], second: b[$0]) }
  }

  private static func facts(_ manifest: Manifest) -> [(String, String)] {
    [("name", manifest.name), ("licence", manifest.licence)]
      + manifest.plugins.map { ("plugins.\($0.kind).\($0.id)", $0.version) }
  }

  private static func facts(_ config: ModelConfig) throws -> [(String, String)] {
    var facts = [("architecture", config.architecture)]
    if let variant = config.variant { facts.append(("variant", variant)) }
    facts += try options(config.options, "options")
    let input = config.input
    facts += [
      ("input.height", "\(input.height)"), ("input.width", "\(input.width)"), ("input.channels", "\(input.channels)"),
      ("input.mean", "\(input.mean)"), ("input.std", "\(input.std)"),
      ("input.range", "\([input.range.low, input.range.high])"),
    ]
    for (index, step) in (config.preprocessing ?? []).enumerated() {
      facts.append(("preprocessing[\(index)]", step.text))
    }
    for head in config.heads {
      let path = "heads.\(head.name)"
      facts += [
        (path + ".plugin", head.plugin), (path + ".version", head.version),
        (path + ".input", head.inputs.joined(separator: ", ")), (path + ".target", head.target),
        (path + ".classes", "\(head.labels?.count ?? 0)"),
      ]
      facts += try options(head.options, path + ".options")
    }
    return facts
  }

  private static func options(_ options: PluginOptions, _ path: String) throws -> [(String, String)] {
    guard !options.isEmpty else { return [] }
    let value = try JSONValue(parsing: options.json(), file: path)
    return value.object.map { object in
      zip(object.keys, object.values).map { ("\(path).\($0)", $1.compact()) }
    } ?? []
  }

  private static func labels(_ first: ModelHead, _ second: ModelHead) -> Labels? {
    guard case .names(let a)? = first.labels, case .names(let b)? = second.labels, a != b else { return nil }
    let (inFirst, inSecond) = (Set(a), Set(b))
    return Labels(
      head: first.name, added: b.filter { !inFirst.contains($0) }, removed: a.filter { !inSecond.contains($0) },
      isReordered: a.filter(inSecond.contains) != b.filter(inFirst.contains))
  }
}

extension ModelDifference {
  /// For scripts: everything, tensors that are equal included.
  public var json: JSONValue {
    [
      "equal": .bool(isEqual),
      "facts": .array(
        facts.map {
          [
            "name": .string($0.name), "first": $0.first.map { .string($0) } ?? nil,
            "second": $0.second.map { .string($0) } ?? nil,
          ]
        }),
      "labels": .array(
        labels.map {
          [
            "head": .string($0.head), "added": .array($0.added.map { .string($0) }),
            "removed": .array($0.removed.map { .string($0) }), "reordered": .bool($0.isReordered),
          ]
        }),
      "weights": .array(weights.tensors.map { Self.json($0) }),
    ]
  }

  private static func json(_ tensor: WeightDifference.Tensor) -> JSONValue {
    func sizes(_ shape: [Int]) -> JSONValue { .array(shape.map { .int(Int64($0)) }) }
    var object: JSONObject = ["name": .string(tensor.name)]
    switch tensor.change {
    case .equal: object["change"] = "equal"
    case .onlyInFirst: object["change"] = "only in first"
    case .onlyInSecond: object["change"] = "only in second"
    case .shape(let a, let b):
      object["change"] = "shape"
      (object["first"], object["second"]) = (sizes(a), sizes(b))
    case .dtype(let a, let b, let distance):
      object["change"] = "dtype"
      (object["first"], object["second"]) = (.string(a.rawValue), .string(b.rawValue))
      object["distance"] = .double(distance)
    case .values(let distance):
      object["change"] = "values"
      object["distance"] = .double(distance)
    }
    return .object(object)
  }
}
