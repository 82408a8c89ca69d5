import ZooRecipe

extension RecipePath {
  /// What `body` reads of the file.
  /// - Throws: at the path's place in the recipe, whatever `body` throws.
  func read<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
    do { return try body(resolved()) } catch {
      throw RecipeError(at: location, "\(error)", concernsFile: true)
    }
  }
}
