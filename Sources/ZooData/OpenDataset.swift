/// The data set at `path`: a folder with `x.npy` and `labels.npy`, a folder of class folders, a `.tar` of
/// class folders, or a folder inside such a tar (`digits.tar/train`).
///
/// - Throws: `DataError`, or `ArchiveError` from a tar or npy file.
public func openDataset(_ path: String) throws -> any Dataset {
  switch fileKind(path) {
  case .folder:
    if fileKind("\(path)/x.npy") == .regular { return try TensorDataset(folder: path) }
    return try FolderDataset(path: path)
  case .regular where path.hasSuffix(".tar"): return try TarDataset(path: path)
  case .regular, .other: throw DataError.unknownDataSet(path: path)
  case nil: break
  }
  if let inside = path.firstRange(of: ".tar/") {
    let tar = String(path[..<path.index(before: inside.upperBound)])
    if fileKind(tar) == .regular {
      return try TarDataset(path: tar, folder: String(path[inside.upperBound...]))
    }
  }
  throw DataError.cannotRead(path: path, reason: "no such file or folder")
}
