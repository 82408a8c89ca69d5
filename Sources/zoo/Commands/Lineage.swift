import ArgumentParser
import ZooArchive
import ZooData

struct Lineage: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a model was made from, back to its beginning.",
    discussion: "All of it is in the archive itself; the store only tells which ancestors are here too.")

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let store = try shared.store()
      let archive = try ModelArchive.open(try resolve(model: model, store: store))
      let tree = LineageTree(archive, installed: try store.list())
      print(json ? tree.json.pretty() : tree.text, terminator: "")
    }
  }
}

/// A model's history as a tree.
struct LineageTree {
  private let archive: ModelArchive
  private let history: [Manifest.Ancestor]
  private let installed: [InstalledModel]

  init(_ archive: ModelArchive, installed: [InstalledModel]) {
    self.archive = archive
    self.installed = installed
    history = archive.manifest.history(digest: archive.digest)
  }

  /// Of the model and all before it, each once.
  private var licences: [String] {
    var found: [String] = []
    for licence in history.compactMap(\.licence) where !found.contains(licence) { found.append(licence) }
    return found
  }

  private func reference(_ ancestor: Manifest.Ancestor) -> String? {
    installed.first { $0.digest == ancestor.digest }?.reference
  }

  var text: String {
    var lines: [String] = []
    var shown: Set<String> = []
    func add(_ model: Manifest.Ancestor, lead: String, rest: String) {
      let isNew = shown.insert(model.digest).inserted
      lines.append(lead + line(model) + (isNew ? "" : " (see above)"))
      guard isNew else { return }
      for detail in details(model) { lines.append(rest + (model.parents.isEmpty ? "   " : "│  ") + detail) }
      for (index, digest) in model.parents.enumerated() {
        guard let parent = history.first(where: { $0.digest == digest }) else { continue }
        let isLast = index == model.parents.count - 1
        add(parent, lead: rest + (isLast ? "└─ " : "├─ "), rest: rest + (isLast ? "   " : "│  "))
      }
    }
    if let first = history.first { add(first, lead: "", rest: "") }
    lines.append("licences: " + licences.joined(separator: "; "))
    return lines.map { visible($0) + "\n" }.joined()
  }

  private func line(_ model: Manifest.Ancestor) -> String {
    let isSelf = model.digest == archive.digest
    let place = reference(model).map { "in the store as \($0)" } ?? (isSelf ? nil : "not in the store")
    let facts = [
      model.name, String(model.digest.prefix(12)), model.licence ?? "licence unknown",
      model.createdBy ?? "origin unknown",
    ]
    return (facts + [place].compactMap { $0 }).joined(separator: ", ")
  }

  private func details(_ model: Manifest.Ancestor) -> [String] {
    var lines: [String] = []
    if let recipe = model.recipe {
      let path = model.digest == archive.digest ? Manifest.recipePath : "\(Manifest.recipeFolder)\(recipe).yaml"
      let place = archive.manifest.member(path) == nil ? "not in the archive" : path
      lines.append("recipe \(recipe.prefix(12)) (\(place))")
    }
    guard model.digest == archive.digest else { return lines }
    for data in archive.manifest.provenance.data {
      lines.append("data \(data.task), \(data.use): \(data.examples) examples, listing \(data.listing.prefix(12))")
    }
    return lines
  }

  var json: JSONValue {
    [
      "name": .string(archive.manifest.name), "digest": .string(archive.digest),
      "licences": .array(licences.map { .string($0) }),
      "data": archive.manifest.json["provenance"]?["data"] ?? [],
      "models": .array(
        history.map { model in
          var object = model.json.object ?? [:]
          object["store"] = reference(model).map { .string($0) } ?? .null
          return .object(object)
        }),
    ]
  }
}
