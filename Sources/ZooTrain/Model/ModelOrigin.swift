import ZooArchive

extension Model {
  /// Where a model comes from, carried into what is made of it.
  public struct Origin: Sendable {
    /// The name and digest of the archive it was read from; nil for a new one.
    public var archive: Manifest.Parent?
    /// SPDX expression.
    public var licence: String
    /// Members with the role `licence`, carried along.
    public var licenceTexts: [ArchiveMember]
    /// That archive and all it descends from, each before its own parents.
    public var history: [Manifest.Ancestor]
    /// The recipes by which they were made, as far as they are known: members `recipes/DIGEST.yaml`.
    public var recipes: [ArchiveMember]

    /// Of a new model.
    public init(licence: String) {
      (archive, self.licence, licenceTexts, history, recipes) = (nil, licence, [], [], [])
    }

    /// Of a model read from an archive.
    public init(_ archive: ModelArchive) throws {
      let manifest = archive.manifest
      self.archive = Manifest.Parent(name: manifest.name, digest: archive.digest)
      licence = manifest.licence
      licenceTexts = try archive.members(.licence).map {
        ArchiveMember($0.path, .licence, try archive.data($0.path))
      }
      history = manifest.history(digest: archive.digest)
      var recipes: [ArchiveMember] = []
      for member in archive.members(.recipe) {
        let path = "\(Manifest.recipeFolder)\(member.sha256).yaml"
        guard !recipes.contains(where: { $0.path == path }) else { continue }
        recipes.append(ArchiveMember(path, .recipe, try archive.data(member.path)))
      }
      self.recipes = recipes
    }
  }
}
