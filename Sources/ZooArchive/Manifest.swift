/// `manifest.json`, the first member of a model archive: what the archive holds and where it comes from.
/// The SHA-256 of its bytes is the identity of the model.
public struct Manifest: Sendable, Equatable {
  public static let schema = "zoo.archive/1"
  public static let path = "manifest.json"
  public static let configPath = "config.yaml"
  public static let weightsPath = "weights.safetensors"
  public static let cardPath = "CARD.md"
  /// The recipe that made the model, resolved.
  public static let recipePath = "recipe.yaml"
  /// Recipes of its ancestors, `DIGEST.yaml` by the SHA-256 of their bytes.
  public static let recipeFolder = "recipes/"
  /// An input, and the outputs it must give.
  public static let goldenFolder = "golden/"
  /// Bytes of a manifest that are read.
  public static let maximumSize = 16 << 20
  /// Objects and lists inside one another that are read.
  public static let maximumDepth = 16
  public static let tagLimit = 100

  /// What a member is for.
  public enum Role: String, Sendable, CaseIterable {
    case config, weights, card, licence, golden, recipe, labels

    /// The role that a member of this path has in archives made here; nil for a path that stands for none.
    public init?(path: String) {
      switch path {
      case Manifest.configPath: self = .config
      case Manifest.weightsPath: self = .weights
      case Manifest.cardPath: self = .card
      case Manifest.recipePath: self = .recipe
      case "LICENSE",
        _ where path.hasPrefix("LICENSE."), _ where path.hasPrefix("licences/"):
        self = .licence
      case _ where path.hasPrefix(Manifest.goldenFolder): self = .golden
      case _ where path.hasPrefix(Manifest.recipeFolder): self = .recipe
      case _ where path.hasPrefix("labels/"): self = .labels
      default: return nil
      }
    }
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
    var object: JSONObject = [
      "schema": .string(Self.schema), "name": .string(name), "licence": .string(licence),
    ]
    if !tags.isEmpty { object["tags"] = .array(tags.map { .string($0) }) }
    object["plugins"] = .array(
      plugins.map {
        ["id": .string($0.id), "kind": .string($0.kind), "version": .string($0.version)]
      })
    object["provenance"] = provenance.json
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
