import Glibc

/// The local store of models: archives by content under `blobs/`, small records by name under `models/`.
///
/// Reading needs no lock. Names change only under an exclusive lock on the file `lock`, by rename, so that
/// any number of processes may install and remove at once, and one killed at any point leaves every listed
/// model whole. `Zoo/STORE.md` describes the folder and why each step is safe.
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

  /// All models, in natural order of their names and versions. A store that does not exist yet is empty.
  public func list() throws -> [InstalledModel] { try contents().models }

  /// All models, in natural order, and what is wrong with the records that cannot be read.
  public func contents() throws -> (models: [InstalledModel], damaged: [ArchiveError]) {
    var (found, damaged) = ([InstalledModel](), [ArchiveError]())
    for file in try folderContents(models) {
      guard let name = ModelName(file), let version = name.version else { continue }
      do {
        if let model = try record(name.name, version) { found.append(model) }
      } catch let error as ArchiveError { damaged.append(error) }
    }
    found.sort { a, b in a.name == b.name ? a.version < b.version : naturallyPrecedes(a.name, b.name) }
    return (found, damaged)
  }

  /// The model called `reference`: `NAME@VERSION`, or `NAME` for the newest version.
  /// - Throws: `ArchiveError` with the nearest names if there is none, or if its archive is gone.
  public func find(_ reference: String) throws -> InstalledModel {
    guard let name = ModelName(reference) else { throw ArchiveError(.badModelName(reference), file: "") }
    var before: InstalledModel?
    while true {
      guard let model = try newest(name) else { throw try notFound(name) }
      var status = stat()
      guard stat(path(for: model), &status) == 0 else {
        // Replaced since its record was read? Then the new record tells.
        if model != before {
          before = model
          continue
        }
        throw ArchiveError(.blobMissing(model: model.reference), file: root)
      }
      guard Int(status.st_size) == model.size else {
        throw ArchiveError(
          .blobSize(model: model.reference, actual: Int(status.st_size), recorded: model.size), file: root)
      }
      return model
    }
  }

  /// The versions of a name that have a record, ascending.
  func versions(of name: String) throws -> [Int] {
    try folderContents(models).compactMap { file in
      ModelName(file).flatMap { $0.name == name ? $0.version : nil }
    }.sorted()
  }

  /// What there is instead of `name`, which there is not.
  func notFound(_ name: ModelName) throws -> ArchiveError {
    let others = try versions(of: name.name)
    guard others.isEmpty else {
      return ArchiveError(.versionNotFound(name.description, versions: others), file: root)
    }
    return ArchiveError(.modelNotFound(name.description, nearest: try nearestModels(name.name)), file: root)
  }

  private func nearestModels(_ name: String) throws -> [String] {
    var names: [String] = []
    for file in try folderContents(models) {
      guard let known = ModelName(file)?.name, names.last != known else { continue }
      names.append(known)
    }
    return nearest(to: name, among: names, count: 3)
  }

  /// The record of the version that `name` says, or of the highest.
  private func newest(_ name: ModelName) throws -> InstalledModel? {
    if let version = name.version { return try record(name.name, version) }
    for version in try versions(of: name.name).reversed() {
      // nil: removed since the folder was read.
      if let model = try record(name.name, version) { return model }
    }
    return nil
  }

  func recordPath(_ name: String, _ version: Int) -> String { "\(models)/\(name)@\(version)" }

  /// The record of a model; nil if there is none.
  func record(_ name: String, _ version: Int) throws -> InstalledModel? {
    let file = recordPath(name, version)
    do {
      return try InstalledModel(
        parsing: WholeFile.read(file, limit: 1 << 20), name: name, version: version, file: file)
    } catch let error as ArchiveError where error.problem == .system(.open, errno: ENOENT) {
      return nil
    }
  }
}
