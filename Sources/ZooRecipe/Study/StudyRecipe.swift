/// A checked study: one question, answered by training every combination of some variants.
public struct StudyRecipe: Sendable {
  public struct Upstream: Sendable {
    public let recipe: RecipePath
    public let settings: [String]
  }

  public struct Downstream: Sendable {
    public let recipe: RecipePath
    public let settings: [String]
    /// Labelled examples of each class.
    public let shots: [Int]
    public let subsets: Int
  }

  /// What one trial of a search draws.
  public enum Range: Sendable, Equatable {
    /// A number, evenly in its logarithm.
    case logarithmic(key: String, low: Double, high: Double)
    /// One of some settings.
    case settings([String])
  }

  /// Random search on a held-out part, as BiT's rule was compared with one (Kolesnikov et al. 2020, appendix A).
  public struct Search: Sendable, Equatable {
    public let trials: Int
    public let seed: Int
    public let ranges: [Range]
    public let holdOut: Double
  }

  public struct Variant: Sendable {
    public let name: String
    public let value: Int?
    public let upstream: [String]
    public let downstream: [String]
    public let search: Search?
  }

  public struct Axis: Sendable {
    public let name: String
    public let variants: [Variant]
  }

  public struct Plot: Sendable {
    public let x: String
    public let curves: String?
    public let shots: Int?
  }

  /// The file, as the user named it.
  public let path: String
  public let title: String
  public let upstream: Upstream?
  public let downstream: Downstream
  public let axes: [Axis]
  public let plot: Plot?

  /// - Throws: `RecipeError`, the first mistake found.
  public static func load(path: String, overrides: [String] = []) throws -> StudyRecipe {
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: YAMLLimits.recipe.bytes) } catch {
      throw RecipeError.cannotRead(path, because: error.reason)
    }
    return try StudyRecipe(bytes: bytes, path: path, overrides: overrides)
  }

  /// The same for the text of a study; `path` names it in errors.
  public init(bytes: [UInt8], path: String, overrides: [String] = []) throws {
    let tree = try RecipeTree.load(bytes, path: path, overrides: overrides)
    let reader = try MappingReader<StudyKey>(tree, path: "")
    self.path = path
    title = try readText(try reader.required(.title), "title")
    upstream = try reader.mapping(.upstream, StudyUpstreamKey.self) { upstream in
      Upstream(
        recipe: try RecipePath(try upstream.required(.recipe), upstream.path(.recipe)),
        settings: try upstream.list(.set, readText) ?? [])
    }
    downstream = try Downstream(MappingReader(try reader.required(.downstream), path: "downstream"))
    let written = try reader.required(.axes)
    axes = try reader.named(.axes) { entry, path in
      Axis(name: entry.key, variants: try readList(entry.value, path) { try Variant(MappingReader($0, path: $1)) })
    } ?? []
    if axes.isEmpty || axes.contains(where: \.variants.isEmpty) {
      throw RecipeError.needs(written.location, "axes", "at least one axis, each with at least one variant")
    }
    let names = axes.map(\.name)
    plot = try reader.mapping(.plot, StudyPlotKey.self) { plot in
      let x = try readChoice(try plot.required(.x), plot.path(.x), names)
      let curves = try plot.node(.curves).map { try readChoice($0, plot.path(.curves), names) }
      return Plot(x: x, curves: curves, shots: try plot.int(.shots))
    }
  }
}

/// One of some words that the file itself defines.
private func readChoice(_ node: YAMLNode, _ path: String, _ choices: [String]) throws -> String {
  let text = try readText(node, path)
  guard choices.contains(text) else { throw RecipeError.badChoice(node, path, choices: choices) }
  return text
}

extension StudyRecipe.Downstream {
  init(_ reader: MappingReader<StudyDownstreamKey>) throws {
    recipe = try RecipePath(try reader.required(.recipe), reader.path(.recipe))
    settings = try reader.list(.set, readText) ?? []
    shots = try reader.list(.shots) { try readInt($0, $1, .within(1, 100_000)) } ?? [5]
    subsets = try reader.int(.subsets) ?? 5
    if let node = reader.node(.shots), shots.isEmpty || Set(shots).count < shots.count {
      throw RecipeError.needs(node.location, reader.path(.shots), "different numbers")
    }
  }
}

extension StudyRecipe.Variant {
  init(_ reader: MappingReader<StudyVariantKey>) throws {
    name = try readText(try reader.required(.name), reader.path(.name))
    value = try reader.int(.value)
    upstream = try reader.list(.upstream, readText) ?? []
    downstream = try reader.list(.downstream, readText) ?? []
    search = try reader.mapping(.search, StudySearchKey.self, StudyRecipe.Search.init)
  }
}

extension StudyRecipe.Search {
  init(_ reader: MappingReader<StudySearchKey>) throws {
    trials = try reader.int(.trials) ?? 20
    seed = try reader.int(.seed) ?? 0
    holdOut = try reader.double(.holdOut) ?? 0.2
    let over = try reader.required(.over)
    ranges = try readList(over, reader.path(.over)) { node, path in
      let range = try MappingReader<StudyRangeKey>(node, path: path)
      if let values = try range.list(.values, readText) {
        try range.refuse([.key, .low, .high], belongingTo: "a range", given: "values")
        if values.isEmpty { throw RecipeError.needs(node.location, range.path(.values), "at least one setting") }
        return .settings(values)
      }
      let key = try readText(try range.required(.key), range.path(.key))
      let low = try readDouble(try range.required(.low), range.path(.low), .above(0))
      let high = try readDouble(try range.required(.high), range.path(.high), .above(0))
      if high < low { throw RecipeError.needs(node.location, range.path(.high), "a value of at least \(low)") }
      return .logarithmic(key: key, low: low, high: high)
    }
    if ranges.isEmpty { throw RecipeError.needs(over.location, reader.path(.over), "something to draw") }
  }
}
