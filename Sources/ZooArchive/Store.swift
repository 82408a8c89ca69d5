import Glibc

/// A model in the store.
public struct InstalledModel: Sendable, Equatable {
  /// `NAME` or `NAME@VERSION`.
  public let reference: String
  public let name: String
  public let version: String?
  /// File name of the archive under `blobs/`: `sha256-` and the digest of the whole tar file.
  public let blob: String
  /// The identity of the model: the SHA-256 of its manifest.
  public let digest: String
  /// Bytes of the archive.
  public let size: Int

  /// The record as kept in the store and printed by `--json`.
  public var json: JSONValue {
    var object: JSONObject = ["schema": .string(Self.schema), "name": .string(name)]
    if let version { object["version"] = .string(version) }
    object["blob"] = .string(blob)
    object["manifest"] = .string(digest)
    object["size"] = .int(Int64(size))
    return .object(object)
  }

  static let schema = "zoo.model/1"

  init(_ name: ModelName, blob: String, digest: String, size: Int) {
    reference = name.description
    self.name = name.name
    version = name.version
    self.blob = blob
    self.digest = digest
    self.size = size
  }

  init(parsing bytes: [UInt8], reference: ModelName, file: String) throws {
    let origin = Origin(file: file)
    let fields = try JSONFields(JSONValue(parsing: bytes, file: file), "", origin)
    guard try fields.string("schema") == Self.schema else { throw origin.error(.badRecord("unknown schema")) }
    let blob = try fields.string("blob")
    guard blob.hasPrefix("sha256-"), Digest.isValid(String(blob.dropFirst(7))) else {
      throw origin.error(.badRecord("blob is \(quoted(blob))"))
    }
    guard try fields.string("name") == reference.name else {
      throw origin.error(.badRecord("it is of another name"))
    }
    self.init(reference, blob: blob, digest: try fields.digest("manifest"), size: try fields.size("size"))
  }
}

/// The local store of models: archives by content under `blobs/`, small records by name under `models/`.
///
/// Reading needs no lock. Names change only under an exclusive lock on the file `lock`, by rename, so that
/// any number of processes may install and remove at once, and one killed at any point leaves every listed
/// model whole.
public struct Store: Sendable {
  /// The folder of the store. It is created by the first `install`.
  public let root: String

  public init(root: String) { self.root = root }

  /// The store of an environment: `$ZOO_HOME`, else `$XDG_DATA_HOME/zoo`, else `$HOME/.local/share/zoo`.
  /// Variables that are empty count as not set.
  public init(environment: [String: String]) throws {
    func value(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
    if let home = value("ZOO_HOME") {
      root = home
    } else if let data = value("XDG_DATA_HOME"), data.hasPrefix("/") {
      // The XDG specification has relative paths ignored.
      root = data + "/zoo"
    } else if let home = value("HOME") {
      root = home + "/.local/share/zoo"
    } else {
      throw ArchiveError(.noHome, file: "")
    }
  }

  var blobs: String { root + "/blobs" }
  var models: String { root + "/models" }
  var temporaries: String { root + "/tmp" }
  var lockPath: String { root + "/lock" }

  /// The file of a model's archive.
  public func path(for model: InstalledModel) -> String { blobs + "/" + model.blob }

  /// All models, in natural order of their names. A store that does not exist yet is empty.
  public func list() throws -> [InstalledModel] {
    var found: [InstalledModel] = []
    for file in try folderContents(models) {
      // Records in the making begin with a dot and are no names.
      guard let name = ModelName(file) else { continue }
      if let model = try record(name) { found.append(model) }
    }
    return found.sorted { naturallyPrecedes($0.reference, $1.reference) }
  }

  /// The model called `reference` (`NAME` or `NAME@VERSION`).
  /// - Throws: `ArchiveError` with the nearest names if there is none, or if its archive is gone.
  public func find(_ reference: String) throws -> InstalledModel {
    guard let name = ModelName(reference) else {
      throw ArchiveError(.badModelName(reference), file: "")
    }
    guard let model = try record(name) else {
      throw ArchiveError(.modelNotFound(reference, nearest: try nearestModels(reference)), file: root)
    }
    var status = stat()
    guard stat(path(for: model), &status) == 0 else {
      throw ArchiveError(.blobMissing(model: reference), file: root)
    }
    guard Int(status.st_size) == model.size else {
      throw ArchiveError(
        .blobSize(model: reference, actual: Int(status.st_size), recorded: model.size), file: root)
    }
    return model
  }

  func nearestModels(_ reference: String) throws -> [String] {
    nearest(to: reference, among: try list().map(\.reference), count: 3)
  }

  /// The record of a name; nil if there is none.
  func record(_ name: ModelName) throws -> InstalledModel? {
    let file = models + "/" + name.description
    do {
      return try InstalledModel(
        parsing: WholeFile.read(file, limit: 1 << 20), reference: name, file: file)
    } catch let error as ArchiveError where error.problem == .system(.open, errno: ENOENT) {
      return nil
    }
  }
}

/// The names in a folder, sorted by bytes, without "." and ".."; none if there is no such folder.
func folderContents(_ path: String) throws -> [String] {
  guard let handle = opendir(path) else {
    if errno == ENOENT { return [] }
    throw ArchiveError(.system(.list, errno: errno), file: path)
  }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = readdir(handle) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted(by: bytesPrecede)
}
