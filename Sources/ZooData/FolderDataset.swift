/// A folder of class folders: `FOLDER/CLASS/…/NAME.jpg`.
///
/// Classes are the sub-folders in byte order of their names, images the files with an accepted ending
/// (`ImageFormat.fileExtensions`, upper or lower case) in byte order of their paths; links are followed.
/// Hidden files are passed over, other strays are told in `notes`.
public struct FolderDataset: ImageFileDataset {
  public let origin: String
  public let classes: [String]
  /// Things in the folder that are not used, one line each.
  public let notes: [String]
  private let names: [String]
  private let labels: [Int32]

  /// - Throws: `DataError` when the folder cannot be read, holds no class folder, or has a class
  ///   without images.
  public init(path: String) throws {
    let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard fileKind(root) != nil else {
      throw DataError.cannotRead(path: root, reason: "no such folder")
    }
    var classes: [String] = []
    var names: [String] = []
    var labels: [Int32] = []
    var strays = Strays()
    for entry in try listFolder(root) {
      guard fileKind("\(root)/\(entry)") == .folder else {
        strays.add(entry)
        continue
      }
      let before = names.count
      try collectImages(root: root, folder: entry, depth: 1, &names, &strays)
      guard names.count > before else { throw DataError.emptyClass(path: root, name: entry) }
      names[before...].sort(by: bytewise)
      labels += [Int32](repeating: Int32(classes.count), count: names.count - before)
      classes.append(entry)
    }
    guard !classes.isEmpty else { throw DataError.noClassFolders(path: root) }
    origin = root
    notes = strays.notes(origin: root)
    self.classes = classes
    self.names = names
    self.labels = labels
  }

  public var count: Int { names.count }
  public var classCount: Int { classes.count }
  public func label(at index: Int) -> Int { Int(labels[index]) }
  public func name(at index: Int) -> String { names[index] }

  public func bytes(at index: Int, first: Int?) throws -> [UInt8] { try readFile(place(at: index), first: first) }
}

/// Files that are no part of a data set, kept as a count and a few names.
struct Strays {
  private var count = 0
  private var first: [String] = []

  mutating func add(_ name: String) {
    count += 1
    if first.count < 3 { first.append(name) }
  }

  func notes(origin: String) -> [String] {
    guard count > 0 else { return [] }
    let names = first.joined(separator: ", ") + (count > first.count ? ", …" : "")
    return ["\(origin): \(count) file\(count == 1 ? "" : "s") not used (\(names))"]
  }
}

func isImageName(_ name: String) -> Bool {
  guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return false }
  return ImageFormat.fileExtensions.contains(name[name.index(after: dot)...].lowercased())
}

private func collectImages(
  root: String, folder: String, depth: Int, _ names: inout [String], _ strays: inout Strays
) throws {
  // Links are followed, so a loop must end somewhere.
  guard depth <= 16 else { throw DataError.foldersTooDeep(path: "\(root)/\(folder)") }
  for entry in try listFolder("\(root)/\(folder)") {
    let name = "\(folder)/\(entry)"
    switch fileKind("\(root)/\(name)") {
    case .folder: try collectImages(root: root, folder: name, depth: depth + 1, &names, &strays)
    case .regular where isImageName(entry): names.append(name)
    default: strays.add(name)
    }
  }
}
