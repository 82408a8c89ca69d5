extension Manifest {
  /// A model that this one was made from.
  public struct Parent: Sendable, Equatable {
    public var name: String
    /// Its identity: the SHA-256 of its manifest.
    public var digest: String

    public init(name: String, digest: String) {
      self.name = name
      self.digest = digest
    }
  }

  /// What is known of a model that this one descends from, so that its history can be told without it.
  public struct Ancestor: Sendable, Equatable {
    public var name: String
    /// Its identity: the SHA-256 of its manifest.
    public var digest: String
    /// An SPDX expression; nil where only its descendants were seen.
    public var licence: String?
    /// SHA-256 of the resolved recipe it was trained by.
    public var recipe: String?
    /// What made it, such as `zoo finetune`; nil where only its descendants were seen.
    public var createdBy: String?
    /// Identities of its own parents, which are ancestors further down the list.
    public var parents: [String]

    public init(
      name: String, digest: String, licence: String? = nil, recipe: String? = nil, createdBy: String? = nil,
      parents: [String] = []
    ) {
      self.name = name
      self.digest = digest
      self.licence = licence
      self.recipe = recipe
      self.createdBy = createdBy
      self.parents = parents
    }
  }

  /// Data that a model learned from or was measured on.
  public struct DataSet: Sendable, Equatable {
    /// The task of the recipe.
    public var task: String
    /// `train` or `evaluate`.
    public var use: String
    public var examples: Int
    /// SHA-256 of the list of examples: their names, sizes and labels.
    public var listing: String

    public init(task: String, use: String, examples: Int, listing: String) {
      self.task = task
      self.use = use
      self.examples = examples
      self.listing = listing
    }
  }

  public struct Provenance: Sendable, Equatable {
    /// Ancestors that are kept; more than any history has.
    public static let maximumAncestors = 1000

    public var parents: [Parent]
    /// Parents and all before them, each before its own parents. Empty in archives that know their parents only.
    public var ancestors: [Ancestor]
    /// SHA-256 of the resolved recipe it was trained by.
    public var recipe: String?
    public var data: [DataSet]
    /// Version of zoo that wrote it.
    public var zoo: String
    /// What made it, such as `zoo finetune`; without a time, so that equal models are equal files.
    public var createdBy: String

    public init(
      parents: [Parent] = [], ancestors: [Ancestor] = [], recipe: String? = nil, data: [DataSet] = [], zoo: String,
      createdBy: String
    ) {
      self.parents = parents
      self.ancestors = ancestors
      self.recipe = recipe
      self.data = data
      self.zoo = zoo
      self.createdBy = createdBy
    }
  }
}

extension Manifest.Provenance {
  init(_ fields: JSONFields) throws {
    try fields.allow(["parents", "ancestors", "recipe", "data", "zoo", "created_by"])
    parents = try fields.objects("parents").map { item in
      try item.allow(["name", "digest"])
      return Manifest.Parent(name: try item.string("name"), digest: try item.digest("digest"))
    }
    ancestors = fields.has("ancestors") ? try fields.objects("ancestors").map(Self.ancestor) : []
    recipe = fields.has("recipe") ? try fields.digest("recipe") : nil
    data = fields.has("data") ? try fields.objects("data").map(Self.dataSet) : []
    zoo = try fields.string("zoo")
    createdBy = try fields.string("created_by")
  }

  private static func ancestor(_ fields: JSONFields) throws -> Manifest.Ancestor {
    try fields.allow(["name", "digest", "licence", "recipe", "created_by", "parents"])
    return Manifest.Ancestor(
      name: try fields.string("name"), digest: try fields.digest("digest"),
      licence: fields.has("licence") ? try fields.string("licence") : nil,
      recipe: fields.has("recipe") ? try fields.digest("recipe") : nil,
      createdBy: fields.has("created_by") ? try fields.string("created_by") : nil,
      parents: try fields.digests("parents"))
  }

  private static func dataSet(_ fields: JSONFields) throws -> Manifest.DataSet {
    try fields.allow(["task", "use", "examples", "listing"])
    return Manifest.DataSet(
      task: try fields.string("task"), use: try fields.string("use"), examples: try fields.size("examples"),
      listing: try fields.digest("listing"))
  }

  var json: JSONValue {
    var object: JSONObject = [
      "parents": .array(parents.map { ["name": .string($0.name), "digest": .string($0.digest)] })
    ]
    if !ancestors.isEmpty { object["ancestors"] = .array(ancestors.map(\.json)) }
    if let recipe { object["recipe"] = .string(recipe) }
    if !data.isEmpty {
      object["data"] = .array(
        data.map {
          [
            "task": .string($0.task), "use": .string($0.use), "examples": .int(Int64($0.examples)),
            "listing": .string($0.listing),
          ]
        })
    }
    object["zoo"] = .string(zoo)
    object["created_by"] = .string(createdBy)
    return .object(object)
  }

  /// Names are names, licences SPDX expressions, and the order of ancestors leads back in time, so that no history
  /// runs in a circle.
  func check(_ origin: Origin) throws {
    for parent in parents where ModelName(parent.name) == nil {
      throw origin.error(.manifestValue(key: "provenance.parents.name", value: parent.name, expected: "a model name"))
    }
    guard !ancestors.isEmpty else { return }
    let key = "provenance.ancestors"
    guard ancestors.count <= Self.maximumAncestors else {
      throw origin.error(
        .manifestValue(
          key: key, value: "\(ancestors.count) entries", expected: "a list of at most \(Self.maximumAncestors)"))
    }
    var expected = Set(parents.map(\.digest))
    var seen: Set<String> = []
    for ancestor in ancestors {
      guard ModelName(ancestor.name) != nil else {
        throw origin.error(.manifestValue(key: key + ".name", value: ancestor.name, expected: "a model name"))
      }
      guard ancestor.licence.map(Manifest.isLicence) ?? true else {
        throw origin.error(
          .manifestValue(key: key + ".licence", value: ancestor.licence ?? "", expected: "an SPDX expression"))
      }
      guard seen.insert(ancestor.digest).inserted else {
        throw origin.error(.manifestDuplicate(key: key + ".digest", value: ancestor.digest))
      }
      guard expected.contains(ancestor.digest) else {
        throw origin.error(
          .manifestValue(
            key: key + ".digest", value: ancestor.digest, expected: "a parent of the model or of an ancestor before it")
        )
      }
      guard seen.isDisjoint(with: ancestor.parents) else {
        throw origin.error(
          .manifestValue(
            key: key + ".parents", value: ancestor.name,
            expected: "of models further down the list, so that time runs back"))
      }
      expected.formUnion(ancestor.parents)
    }
    guard let missing = expected.subtracting(seen).min() else { return }
    throw origin.error(
      .manifestValue(key: "parents.digest", value: missing, expected: "described under \(key), after its children"))
  }
}

extension Manifest.Ancestor {
  public var json: JSONValue {
    var object: JSONObject = ["name": .string(name), "digest": .string(digest)]
    if let licence { object["licence"] = .string(licence) }
    if let recipe { object["recipe"] = .string(recipe) }
    if let createdBy { object["created_by"] = .string(createdBy) }
    object["parents"] = .array(parents.map { .string($0) })
    return .object(object)
  }
}

extension Manifest {
  /// This model and all before it as the history of what is made from it.
  /// - Parameter digest: its identity.
  public func history(digest: String) -> [Ancestor] {
    var history = [
      Ancestor(
        name: name, digest: digest, licence: licence, recipe: provenance.recipe, createdBy: provenance.createdBy,
        parents: provenance.parents.map(\.digest))
    ]
    history += provenance.ancestors
    // An archive that names its parents only.
    for parent in provenance.parents where !history.contains(where: { $0.digest == parent.digest }) {
      history.append(Ancestor(name: parent.name, digest: parent.digest))
    }
    history = Array(history.prefix(Provenance.maximumAncestors))
    // Where a history was cut, it ends.
    let kept = Set(history.map(\.digest))
    for index in history.indices { history[index].parents.removeAll { !kept.contains($0) } }
    return history
  }
}
