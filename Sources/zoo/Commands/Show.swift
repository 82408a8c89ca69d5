import ArgumentParser
import ZooArchive
import ZooRecipe
import ZooTrain

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
        ("name", archive.manifest.name),
        ("architecture", config.variant.map { "\($0) (\(config.architecture))" } ?? config.architecture),
        ("options", config.options.json()), ("parameters", "\(parameters)"),
        ("input", "\(config.input.height)×\(config.input.width), \(config.input.channels) channels"),
        (
          "mean, std",
          "\(config.input.mean.map { fixed($0, 3) }.joined(separator: " ")), \(config.input.std.map { fixed($0, 3) }.joined(separator: " "))"
        ),
      ]
      if let macs { rows.append(("compute", compute(macs / 1e9))) }
      for head in config.heads { rows.append(("head", "\(head.name): \(head.plugin), \(labelText(head))")) }
      rows += [
        ("licence", archive.manifest.licence), ("size", bytesText(archive.fileSize)), ("digest", archive.digest),
      ]
      for parent in archive.manifest.provenance.parents {
        rows.append(("made from", "\(parent.name) \(parent.digest.prefix(12))"))
      }
      rows.append(("made by", "\(archive.manifest.provenance.createdBy), zoo \(archive.manifest.provenance.zoo)"))
      for plugin in archive.manifest.plugins {
        rows.append(("plugin", "\(plugin.kind) '\(plugin.id)' \(plugin.version)"))
      }
      let width = rows.map(\.0.count).max() ?? 0
      for (key, value) in rows { print("\(padded(key, width))  \(value)") }
    }
  }

  private func labelText(_ head: ModelHead) -> String {
    let kind = head.isVector ? "numbers" : "classes"
    return switch head.labels {
    case .names(let names)?:
      "\(names.count) \(kind) (\(names.prefix(4).joined(separator: ", "))\(names.count > 4 ? ", …" : ""))"
    case .count(let count)?: "\(count) \(kind)"
    case nil: "no classes"
    }
  }

  private func description(_ archive: ModelArchive, _ config: ModelConfig, _ parameters: Int, _ macs: Double?)
    -> JSONValue
  {
    var value: JSONObject = [
      "manifest": archive.manifest.json, "digest": .string(archive.digest), "size": .int(Int64(archive.fileSize)),
      "architecture": .string(config.architecture), "parameters": .int(Int64(parameters)),
      "input": ["height": .int(Int64(config.input.height)), "width": .int(Int64(config.input.width))],
    ]
    if let variant = config.variant { value["variant"] = .string(variant) }
    if let macs { value["multiplyAdds"] = .double(macs) }
    value["heads"] = .array(
      config.heads.map {
        ["name": .string($0.name), "plugin": .string($0.plugin), "classes": .int(Int64($0.labels?.count ?? 0))]
      })
    return .object(value)
  }
}
