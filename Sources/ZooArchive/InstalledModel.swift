/// A model in the store.
public struct InstalledModel: Sendable, Equatable {
  public let name: String
  public let version: Int
  /// File name of the archive under `blobs/`: `sha256-` and the digest of the whole tar file.
  public let blob: String
  /// The identity of the model: the SHA-256 of its manifest.
  public let digest: String
  /// Bytes of the archive.
  public let size: Int
  /// As in its manifest.
  public let tags: [String]

  /// `NAME@VERSION`.
  public var reference: String { modelName.description }

  var modelName: ModelName { ModelName(name: name, version: version) }

  /// The record as kept in the store and printed by `--json`.
  public var json: JSONValue {
    [
      "schema": .string(Self.schema), "name": .string(name), "version": .int(Int64(version)), "blob": .string(blob),
      "manifest": .string(digest), "size": .int(Int64(size)), "tags": .array(tags.map { .string($0) }),
    ]
  }

  static let schema = "zoo.model/1"
  static let blobPrefix = "sha256-"

  init(name: String, version: Int, blob: String, digest: String, size: Int, tags: [String]) {
    self.name = name
    self.version = version
    self.blob = blob
    self.digest = digest
    self.size = size
    self.tags = tags
  }

  /// Reads a record.
  /// - Parameters:
  ///   - name, version: what its file name says.
  ///   - file: for errors.
  init(parsing bytes: [UInt8], name: String, version: Int, file: String) throws {
    let origin = Origin(file: file)
    let fields = try JSONFields(JSONValue(parsing: bytes, file: file), "", origin)
    guard try fields.string("schema") == Self.schema else { throw origin.error(.badRecord("unknown schema")) }
    let blob = try fields.string("blob")
    guard Self.isBlob(blob) else { throw origin.error(.badRecord("blob is \(quoted(blob))")) }
    guard try fields.string("name") == name, try fields.size("version") == version else {
      throw origin.error(.badRecord("it is of another model"))
    }
    self.init(
      name: name, version: version, blob: blob, digest: try fields.digest("manifest"), size: try fields.size("size"),
      tags: try fields.strings("tags"))
  }

  static func isBlob(_ name: String) -> Bool {
    name.hasPrefix(blobPrefix) && Digest.isValid(String(name.dropFirst(blobPrefix.count)))
  }
}
