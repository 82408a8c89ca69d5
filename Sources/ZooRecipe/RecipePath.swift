/// A path as written in a recipe, with the folder of the file that it was written in.
public struct RecipePath: Sendable, Equatable {
  public let text: String
  /// The folder of the recipe file (of the extended one, if it was written there); empty for the current one.
  public let folder: String
  /// Where it was written, for errors about what it names.
  public let location: SourceLocation

  public init(_ text: String, folder: String = "", at location: SourceLocation = .generated) {
    self.text = text
    self.folder = folder
    self.location = location
  }

  init(_ node: YAMLNode, _ path: String) throws {
    self.init(try readText(node, path), folder: node.location.folder, at: node.location)
  }

  /// The path as written if something exists there (seen from the current folder), else seen from the
  /// recipe's folder. An absolute path stays as it is.
  public func resolved() -> String {
    if text.hasPrefix("/") || folder.isEmpty || fileExists(text) { return text }
    return joinPath(folder, text)
  }
}
