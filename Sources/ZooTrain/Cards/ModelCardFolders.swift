import FoundationEssentials
import Glibc
import ZooArchive
import ZooHost
import ZooRecipe

/// Where cards are looked for.
public enum CardSearch {
  /// Folders in their order: those given, `$ZOO_CARDS` (several with `:`), `share/zoo/cards` beside the
  /// executable's folder, and the nearest `Zoo/cards` above the executable, for builds inside the project.
  public static func directories(
    explicit: [String], environment: [String: String], executable: String? = PluginSearch.executable()
  ) -> [String] {
    var result = explicit
    result += (environment["ZOO_CARDS"] ?? "").split(separator: ":").map(String.init)
    guard let executable else { return result }
    var folder = parent(of: executable)
    result.append(folder + "/../share/zoo/cards")
    while !folder.isEmpty {
      if isFolder(folder + "/Zoo/cards") {
        result.append(folder + "/Zoo/cards")
        break
      }
      folder = parent(of: folder)
    }
    return result
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

extension ModelCard {
  /// The names of all cards in some folders, in natural order.
  public static func names(directories: [String]) -> [String] {
    let names = directories.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
      .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".yaml".count)) }
    return Set(names).sorted(by: naturallyPrecedes)
  }

  /// The card of a name, from the first folder that has it. A name with a `/`, or one ending in `.yaml`, is
  /// the path of a card.
  ///
  /// - Throws: `TrainError` where there is none, with the name that was probably meant; `RecipeError` where
  ///   the card is wrong.
  public static func load(named name: String, directories: [String]) throws -> ModelCard {
    if name.contains("/") || name.hasSuffix(".yaml") { return try read(name) }
    for directory in directories {
      let path = "\(directory)/\(name).yaml"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let card = try read(path)
      guard card.name == name else {
        throw RecipeError(
          at: SourceLocation(file: path), "'name' must be '\(name)' as the file's, not '\(card.name)'")
      }
      return card
    }
    throw TrainError.noCard(name, known: names(directories: directories), directories: directories)
  }

  /// Every card, in the order of names. A wrong one is an error.
  public static func all(directories: [String]) throws -> [ModelCard] {
    try names(directories: directories).map { try load(named: $0, directories: directories) }
  }

  private static func read(_ path: String) throws -> ModelCard {
    var status = stat()
    guard stat(path, &status) == 0 else { throw TrainError.input(file: path, "there is no such file") }
    // A pipe would never end, and nothing large is meant.
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= YAMLLimits.recipe.bytes,
      let data = FileManager.default.contents(atPath: path)
    else { throw TrainError.input(file: path, "is no model card that can be read") }
    return try ModelCard(bytes: [UInt8](data), file: path)
  }
}
