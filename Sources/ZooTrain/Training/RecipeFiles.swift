import Glibc
import ZooArchive
import ZooRecipe

extension RecipePath {
  /// Where the path leads.
  /// - Throws: at its place in the recipe, where nothing is there.
  func existing() throws -> String {
    let path = resolved()
    guard access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR) else {
      throw TrainError.recipe(
        RecipeError(at: location, "there is no file or folder '\(path)'", concernsFile: true))
    }
    return path
  }

  /// The archive that a recipe's `model` means: a file, looked for beside the recipe too, or a name in the store.
  func archive(in store: Store) throws -> String {
    if text.hasSuffix(".tar") || text.contains("/") { return try existing() }
    do { return try resolve(model: text, store: store) } catch let error as ArchiveError {
      guard case .noSuchModel(let name, let nearest) = error.problem else { throw error }
      let known = nearest.map { "'\($0)'" }.joined(separator: " or ")
      throw TrainError.recipe(
        RecipeError(
          at: location, "no model '\(name)' in the store (\(store.root))",
          hint: nearest.isEmpty
            ? "install it with: zoo fetch-local FILE.tar; a path contains '/' or ends in .tar"
            : "did you mean \(known)?"))
    }
  }
}
