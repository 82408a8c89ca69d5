import Glibc

/// The manifest of a model whose unpacked files were edited: a child of the model it was.
struct EditedModel {
  let manifest: Manifest
  let notes: [String]

  /// - Parameters:
  ///   - old: as it was unpacked; its name and licence may have been edited.
  ///   - members: what the folder holds now, in byte order of the paths.
  init(_ old: Manifest, digest: String, members: [Manifest.Member], zoo: String) throws {
    var (kept, notes) = (members, [String]())
    func changed(_ path: String) -> Bool {
      old.member(path)?.sha256 != members.first { $0.path == path }?.sha256
    }
    let computed = [Manifest.configPath, Manifest.weightsPath]
    let golden = members.filter { $0.role == .golden }
    if !golden.isEmpty, computed.contains(where: changed), golden.allSatisfy({ !changed($0.path) }) {
      kept.removeAll { $0.role == .golden }
      notes.append(
        "golden outputs are left out: they are of the old \(computed.filter(changed).joined(separator: ", "))")
    }
    // The recipe made the parent, and not what became of it by hand.
    if let index = kept.firstIndex(where: { $0.path == Manifest.recipePath && $0.role == .recipe }) {
      let path = "\(Manifest.recipeFolder)\(kept[index].sha256).yaml"
      if kept.contains(where: { $0.path == path }) { kept.remove(at: index) } else { kept[index].path = path }
    }
    var manifest = old
    manifest.members = kept
    let history = old.history(digest: digest)
    manifest.provenance = Manifest.Provenance(
      parents: [Manifest.Parent(name: old.name, digest: digest)], ancestors: history, data: [],
      zoo: zoo, createdBy: "zoo pack")
    (self.manifest, self.notes) = (manifest, notes)
  }

  /// The file that a member of the new archive is read from.
  static func source(of path: String, in folder: String, _ manifest: Manifest) -> String {
    let file = folder + "/" + path
    guard path.hasPrefix(Manifest.recipeFolder), access(file, F_OK) != 0 else { return file }
    return folder + "/" + Manifest.recipePath
  }
}
