import ZooArchive

/// A tar file of class folders, `CLASS/…/NAME.png`, read where it lies and never unpacked. Classes and
/// examples come in the same order as from a `FolderDataset` of the same files.
public struct TarDataset: ImageFileDataset {
  public let origin: String
  public let classes: [String]
  /// Members that are not used, one line each.
  public let notes: [String]
  private let tar: TarIndex
  private let members: [TarMember]
  private let names: [String]
  private let labels: [Int32]

  /// - Parameter folder: the folder inside the tar that holds the class folders; "" for its top.
  /// - Throws: `ArchiveError` for a file that is no intact tar, `DataError.noImages` when no member is an
  ///   image in a class folder.
  public init(path: String, folder: String = "") throws {
    tar = try TarIndex(path)
    let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    let origin = prefix.isEmpty ? path : "\(path)/\(prefix.dropLast())"
    var strays = Strays()
    var found: [(name: String, className: String, member: TarMember)] = []
    for member in tar.members {
      guard member.name.hasPrefix(prefix) else { continue }
      let name = String(member.name.dropFirst(prefix.count))
      let parts = name.split(separator: "/")
      if parts.contains(where: { $0.hasPrefix(".") }) { continue }
      guard let first = parts.first, let last = parts.last, parts.count > 1, isImageName(String(last))
      else {
        strays.add(name)
        continue
      }
      found.append((name, String(first), member))
    }
    guard !found.isEmpty else { throw DataError.noImages(path: origin) }
    found.sort { a, b in
      a.className == b.className ? bytewise(a.name, b.name) : bytewise(a.className, b.className)
    }
    var classes: [String] = []
    var labels: [Int32] = []
    for entry in found {
      if classes.last != entry.className { classes.append(entry.className) }
      labels.append(Int32(classes.count - 1))
    }
    self.origin = origin
    self.classes = classes
    self.labels = labels
    notes = strays.notes(origin: origin)
    members = found.map(\.member)
    names = found.map(\.name)
  }

  public var count: Int { names.count }
  public var classCount: Int { classes.count }
  public func label(at index: Int) -> Int { Int(labels[index]) }
  public func name(at index: Int) -> String { names[index] }

  public func bytes(at index: Int, first: Int?) throws -> [UInt8] {
    let member = members[index]
    guard let first, first < member.size else { return try tar.bytes(of: member) }
    return try tar.bytes(of: member, at: 0, count: first)
  }
}
