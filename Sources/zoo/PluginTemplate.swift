import FoundationEssentials
import ZooArchive
import ZooHost

/// The files that come with this program, in an installation (`PREFIX/share/zoo`) or in the project it was built in.
struct SharedFiles {
  /// The package that plugins depend on.
  let sdk: String
  let templates: String
  /// The folder of the small model and data that come along.
  let zoo: String
  let guide: String

  /// Nil where neither is around the executable.
  init?(executable: String?) {
    guard let executable else { return nil }
    let files = FileManager.default
    var folder = URL(filePath: executable).deletingLastPathComponent()
    let installed = folder.deletingLastPathComponent().appending(path: "share/zoo").path
    if files.fileExists(atPath: installed + "/templates") {
      (sdk, templates, zoo) = (installed + "/sdk", installed + "/templates", installed)
      guide = installed + "/GUIDE.md"
      return
    }
    while folder.path != "/" {
      let root = folder.path.hasSuffix("/") ? String(folder.path.dropLast()) : folder.path
      if files.fileExists(atPath: root + "/Plugins/templates") {
        (sdk, templates, zoo, guide) = (root, root + "/Plugins/templates", root + "/Zoo", root + "/Plugins/GUIDE.md")
        return
      }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }
}

/// A package for a new plugin: a folder of files in which some words stand for others.
struct PluginTemplate {
  let kind: String
  let language: String
  let name: String
  let shared: SharedFiles

  private var words: [(String, String)] {
    let module = (kind + "-" + name).split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    let file = "libzoo-\(kind)-\(name).so"
    return [
      ("__name__", name), ("__Module__", module), ("__sdk__", shared.sdk), ("__zoo__", shared.zoo),
      ("__guide__", shared.guide), ("__library__", language == "c" ? "./" + file : ".build/release/" + file),
    ]
  }

  /// Files by their path in the package.
  func files() throws -> [(path: String, text: String)] {
    let root = "\(shared.templates)/\(kind)-\(language)"
    let manager = FileManager.default
    return try manager.subpathsOfDirectory(atPath: root).sorted().compactMap { path in
      var isFolder = false
      guard manager.fileExists(atPath: root + "/" + path, isDirectory: &isFolder), !isFolder else { return nil }
      let text = String(decoding: try Data(contentsOf: URL(filePath: root + "/" + path)), as: UTF8.self)
      return (replaced(path), replaced(text))
    }
  }

  private func replaced(_ text: String) -> String {
    words.reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  /// Writes the package; the folder must not exist, or be empty.
  func write(to folder: String) throws {
    for (path, text) in try files() {
      let file = URL(filePath: folder + "/" + path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try AtomicFile.write(text, to: file.path)
    }
  }
}
