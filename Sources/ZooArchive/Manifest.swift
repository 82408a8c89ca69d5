/// `manifest.json`, the first member of a model archive: what the archive holds and where it comes from.
/// The SHA-256 of its bytes is the identity of the model.
public struct Manifest: Sendable, Equatable {
  public static let schema = "zoo.archive/1"
  public static let path = "manifest.json"
  public static let configPath = "config.yaml"
  public static let weightsPath = "weights.safetensors"
  /// Bytes of a manifest that are read.
  static let maximumSize = 16 << 20
  public static let tagLimit = 100

  /// What a member is for.
  public enum Role: String, Sendable, CaseIterable {
    case config, weights, card, licence, golden, recipe, labels
  }

  public struct Member: Sendable, Equatable {
    public var path: String
    /// Bytes.
    public var size: Int
    public var sha256: String
    public var role: Role

    public init(path: String, size: Int, sha256: String, role: Role) {
      self.path = path
      self.size = size
      self.sha256 = sha256
      self.role = role
    }
  }

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

  public struct Provenance: Sendable, Equatable {
    public var parents: [Parent]
    /// SHA-256 of the resolved recipe it was trained by.
    public var recipe: String?
    /// Version of zoo that wrote it.
    public var zoo: String
    /// What made it, such as `zoo finetune`; without a time, so that equal models are equal files.
    public var createdBy: String

    public init(parents: [Parent] = [], recipe: String? = nil, zoo: String, createdBy: String) {
      self.parents = parents
      self.recipe = recipe
      self.zoo = zoo
      self.createdBy = createdBy
    }
  }

  /// A plugin that the model needs, by id: an archive never names a file or an address.
  public struct Plugin: Sendable, Equatable {
    public var id: String
    /// Such as `backbone` or `head`.
    public var kind: String
    public var version: String

    public init(id: String, kind: String, version: String) {
      self.id = id
      self.kind = kind
      self.version = version
    }
  }

  /// The name under which the model is installed unless told otherwise.
  public var name: String
  /// An SPDX expression.
  public var licence: String
  /// Words to find the model by (`zoo list --tag`); `[a-z0-9][a-z0-9._-]*` each.
  public var tags: [String]
  /// In the order of the archive, without the manifest itself.
  public var members: [Member]
  public var provenance: Provenance
  public var plugins: [Plugin]

  public init(
    name: String, licence: String, tags: [String] = [], members: [Member], provenance: Provenance, plugins: [Plugin]
  ) {
    self.name = name
    self.licence = licence
    self.tags = tags
    self.members = members
    self.provenance = provenance
    self.plugins = plugins
  }

  /// The member at `path`; nil if there is none.
  public func member(_ path: String) -> Member? { members.first { $0.path == path } }

  public var json: JSONValue {
    var provenance: JSONObject = [
      "parents": .array(
        self.provenance.parents.map { ["name": .string($0.name), "digest": .string($0.digest)] })
    ]
    if let recipe = self.provenance.recipe { provenance["recipe"] = .string(recipe) }
    provenance["zoo"] = .string(self.provenance.zoo)
    provenance["created_by"] = .string(self.provenance.createdBy)
    var object: JSONObject = [
      "schema": .string(Self.schema), "name": .string(name), "licence": .string(licence),
    ]
    if !tags.isEmpty { object["tags"] = .array(tags.map { .string($0) }) }
    object["plugins"] = .array(
      plugins.map {
        ["id": .string($0.id), "kind": .string($0.kind), "version": .string($0.version)]
      })
    object["provenance"] = .object(provenance)
    object["members"] = .array(
      members.map {
        [
          "path": .string($0.path), "role": .string($0.role.rawValue), "size": .int(Int64($0.size)),
          "sha256": .string($0.sha256),
        ]
      })
    return .object(object)
  }

  /// The bytes of `manifest.json`.
  public var bytes: [UInt8] { Array(json.pretty().utf8) }
}
