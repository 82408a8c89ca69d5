extension ModelArchive {
  /// Writes every member as a file of a new folder, which appears whole or not at all. `FolderPacking` makes the same
  /// archive of it again.
  /// - Parameter folder: must not exist, or be empty.
  public func unpack(to folder: String) throws {
    let target = try FolderPublishing(folder)
    for member in reader.members {
      try target.add(member.name) { sink in
        try reader.descriptor.forEachBlock(at: member.dataOffset, count: member.size) { try sink($0) }
      }
    }
    try target.finish()
  }
}
