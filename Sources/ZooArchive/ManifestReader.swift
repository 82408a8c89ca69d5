extension Manifest {
  /// Reads and checks `manifest.json`; unknown keys, roles and schemas are refused.
  /// - Parameter file: the archive, for errors.
  public init(parsing bytes: [UInt8], file: String) throws {
    let fields = try JSONFields(
      JSONValue(
        parsing: bytes, file: file, member: Self.path,
        limits: JSONLimits(bytes: Self.maximumSize, depth: Self.maximumDepth)),
      "", Origin(file: file, member: Self.path))
    // The schema comes before all else: under another one the keys may differ.
    let schema = try fields.string("schema")
    guard schema == Self.schema else { throw fields.origin.error(.manifestSchema(schema)) }
    try fields.allow(["schema", "name", "licence", "tags", "plugins", "provenance", "members"])

    name = try fields.string("name")
    licence = try fields.string("licence")
    tags = fields.has("tags") ? try fields.strings("tags") : []
    plugins = try fields.objects("plugins").map { item in
      try item.allow(["id", "kind", "version"])
      return Plugin(
        id: try item.string("id"), kind: try item.string("kind"), version: try item.string("version"))
    }
    provenance = try Provenance(fields.object("provenance"))
    members = try fields.objects("members").map(Self.member)
    try check(fields.origin)
  }

  private static func member(_ fields: JSONFields) throws -> Member {
    try fields.allow(["path", "role", "size", "sha256"])
    let path = try fields.string("path")
    let roleName = try fields.string("role")
    guard let role = Role(rawValue: roleName) else {
      throw fields.origin.error(.manifestRole(path: path, role: roleName))
    }
    return Member(
      path: path, size: try fields.size("size"), sha256: try fields.digest("sha256"), role: role)
  }

  /// The rules that hold for any manifest, read or to be written.
  func check(_ origin: Origin) throws {
    guard ModelName(name) != nil else {
      throw origin.error(
        .manifestValue(key: "name", value: name, expected: "a model name ([a-z0-9][a-z0-9._-]*)"))
    }
    guard Self.isLicence(licence) else {
      throw origin.error(.manifestValue(key: "licence", value: licence, expected: "an SPDX expression"))
    }
    guard tags.count <= Self.tagLimit else {
      throw origin.error(
        .manifestValue(key: "tags", value: "\(tags.count) tags", expected: "at most \(Self.tagLimit)"))
    }
    for (index, tag) in tags.enumerated() {
      guard Self.isTag(tag) else {
        throw origin.error(.manifestValue(key: "tags", value: tag, expected: "of the form [a-z0-9][a-z0-9._-]*"))
      }
      guard !tags[..<index].contains(tag) else { throw origin.error(.manifestDuplicate(key: "tags", value: tag)) }
    }
    for plugin in plugins where !Self.isPluginID(plugin.id) {
      throw origin.error(
        .manifestValue(
          key: "plugins.id", value: plugin.id, expected: "an id of letters, digits, '.', '_', '-'"))
    }
    try provenance.check(origin)
    var paths: Set<String> = [Self.path, ArchiveSignature.path]
    for member in members {
      guard isPlainMemberPath(member.path) else {
        throw origin.error(
          .manifestValue(key: "members.path", value: member.path, expected: "a plain relative path"))
      }
      guard paths.insert(member.path).inserted else {
        throw origin.error(.manifestDuplicate(key: "members.path", value: member.path))
      }
    }
    for member in members {
      // Such an archive could not be unpacked.
      guard !foldersAbove(member.path).contains(where: paths.contains) else {
        throw origin.error(
          .manifestValue(key: "members.path", value: member.path, expected: "in no folder that is a member itself"))
      }
    }
    for (role, path) in [(Role.config, Self.configPath), (.weights, Self.weightsPath)] {
      guard members.filter({ $0.role == role }).map(\.path) == [path] else {
        throw origin.error(.manifestRoleCount(role: role.rawValue, path: path))
      }
    }
  }

  /// Whether `text` may be a tag.
  public static func isTag(_ text: String) -> Bool { ModelName(text).map { $0.version == nil } ?? false }

  static func isLicence(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 500
      && text.utf8.allSatisfy { isAlphanumeric($0) || " .-+():".utf8.contains($0) }
  }

  private static func isPluginID(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 200
      && text.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
  }
}

/// `a/b` and `a` for `a/b/c`.
private func foldersAbove(_ path: String) -> [String] {
  let parts = path.split(separator: "/")
  return (1..<max(parts.count, 1)).map { parts.prefix($0).joined(separator: "/") }
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
  (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}
