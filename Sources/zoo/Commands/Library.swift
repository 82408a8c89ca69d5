import ArgumentParser
import ZooArchive
import ZooRecipe
import ZooTrain

struct FetchLocal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch-local", abstract: "Verify a model archive and install it in the local store.")

  @Argument(help: ArgumentHelp("The archive.", valueName: "file.tar"))
  var file: String
  @Option(help: "Install it under this name instead of its own.")
  var name: String?
  @Flag(help: "Replace a model of the same name with other content.")
  var replace = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let store = try shared.store()
      let installed = try store.install(from: file, name: name, replace: replace)
      print("installed \(installed.reference) (\(bytesText(installed.size)), \(installed.digest.prefix(12)))")
      let archive = try ModelArchive.open(store.path(for: installed), verifyDigests: false)
      let plugins = shared.plugins()
      for plugin in archive.manifest.plugins {
        let found = plugin.kind == "head" ? (try? plugins.head(plugin.id)) : (try? plugins.backbone(plugin.id))
        print("  needs \(plugin.kind) '\(plugin.id)': " + (found.map { "found (\($0.file))" } ?? "NOT FOUND on this machine"))
      }
    }
  }
}

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the models in the store.")

  @Argument(help: "Only names that match, * and ? being wild.")
  var pattern: String?
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let models = try shared.store().list().filter { model in pattern.map { Self.matches(model.reference, $0) } ?? true }
      if json {
        print(JSONValue.array(models.map(\.json)).pretty(), terminator: "")
        return
      }
      let width = models.map(\.reference.count).max() ?? 0
      for model in models {
        print("\(padded(model.reference, width))  \(padded(bytesText(model.size), 9, right: true))  \(model.digest.prefix(12))")
      }
      if models.isEmpty { printError(pattern == nil ? "no models; install one with: zoo fetch-local FILE.tar" : "no model matches") }
    }
  }

  /// Shell-like patterns.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    func match(_ name: Substring, _ pattern: Substring) -> Bool {
      guard let next = pattern.first else { return name.isEmpty }
      if next == "*" {
        let rest = pattern.dropFirst()
        return match(name, rest) || (!name.isEmpty && match(name.dropFirst(), pattern))
      }
      guard let first = name.first, next == "?" || first == next else { return false }
      return match(name.dropFirst(), pattern.dropFirst())
    }
    // Runs of stars say no more than one, and would multiply the work.
    let single = pattern.reduce(into: "") { if !($1 == "*" && $0.last == "*") { $0.append($1) } }
    return match(name[...], single[...])
  }
}

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Show what a model is.")

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let path = try resolve(model: model, store: try shared.store())
      let archive = try ModelArchive.open(path)
      let config = try ModelConfig(bytes: archive.config, name: path + ":" + Manifest.configPath)
      let parameters = archive.weights.entries.reduce(0) { $0 + $1.count }
      // Only what the plugins here can build can be counted.
      let macs = try? config.multiplyAdds(plugins: shared.plugins())
      if json {
        print(description(archive, config, parameters, macs).pretty(), terminator: "")
        return
      }
      var rows: [(String, String)] = [
        ("name", archive.manifest.name), ("architecture", config.variant.map { "\($0) (\(config.architecture))" } ?? config.architecture),
        ("options", config.options.json()), ("parameters", "\(parameters)"),
        ("input", "\(config.input.height)×\(config.input.width), \(config.input.channels) channels"),
        ("mean, std", "\(config.input.mean.map { fixed($0, 3) }.joined(separator: " ")), \(config.input.std.map { fixed($0, 3) }.joined(separator: " "))"),
      ]
      if let macs { rows.append(("compute", compute(macs / 1e9))) }
      for head in config.heads { rows.append(("head", "\(head.name): \(head.plugin), \(labelText(head.labels))")) }
      rows += [("licence", archive.manifest.licence), ("size", bytesText(archive.fileSize)), ("digest", archive.digest)]
      for parent in archive.manifest.provenance.parents { rows.append(("made from", "\(parent.name) \(parent.digest.prefix(12))")) }
      rows.append(("made by", "\(archive.manifest.provenance.createdBy), zoo \(archive.manifest.provenance.zoo)"))
      for plugin in archive.manifest.plugins { rows.append(("plugin", "\(plugin.kind) '\(plugin.id)' \(plugin.version)")) }
      let width = rows.map(\.0.count).max() ?? 0
      for (key, value) in rows { print("\(padded(key, width))  \(value)") }
    }
  }

  private func labelText(_ labels: ModelHead.Labels?) -> String {
    switch labels {
    case .names(let names)?:
      "\(names.count) classes (\(names.prefix(4).joined(separator: ", "))\(names.count > 4 ? ", …" : ""))"
    case .count(let count)?: "\(count) classes"
    case nil: "no classes"
    }
  }

  private func description(_ archive: ModelArchive, _ config: ModelConfig, _ parameters: Int, _ macs: Double?) -> JSONValue {
    var value: JSONObject = [
      "manifest": archive.manifest.json, "digest": .string(archive.digest), "size": .int(Int64(archive.fileSize)),
      "architecture": .string(config.architecture), "parameters": .int(Int64(parameters)),
      "input": ["height": .int(Int64(config.input.height)), "width": .int(Int64(config.input.width))],
    ]
    if let variant = config.variant { value["variant"] = .string(variant) }
    if let macs { value["multiplyAdds"] = .double(macs) }
    value["heads"] = .array(
      config.heads.map { ["name": .string($0.name), "plugin": .string($0.plugin), "classes": .int(Int64($0.labels?.count ?? 0))] })
    return .object(value)
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Check an archive's structure and every digest.")

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let archive = try ModelArchive.open(try resolve(model: model, store: try shared.store()))
      print("\(archive.manifest.name): \(archive.manifest.members.count) members, all digests right (\(archive.digest.prefix(12)))")
    }
  }
}

struct Remove: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Remove a model from the store.")

  @Argument(help: "The model's name.")
  var model: String
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      try shared.store().remove(model)
      print("removed \(model)")
    }
  }
}
