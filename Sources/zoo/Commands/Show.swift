import ArgumentParser
import ZooArchive
import ZooData
import ZooRecipe
import ZooReport
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
      let facts = try ModelFacts(model, shared)
      if json { return print(facts.json.pretty(), terminator: "") }
      let rows = facts.rows
      let width = rows.map(\.0.count).max() ?? 0
      for (key, value) in rows { print("\(padded(key, width))  \(visible(value))") }
    }
  }
}

/// What `zoo show` tells of a model.
private struct ModelFacts {
  /// nil for an archive outside the store.
  let installed: InstalledModel?
  let archive: ModelArchive
  let config: ModelConfig
  let parameters: Int
  /// nil where a plugin is missing: only what the plugins here can build can be counted.
  let multiplyAdds: Double?
  let plugins: [PluginPresence]

  init(_ model: String, _ shared: SharedOptions) throws {
    let store = try shared.store()
    let path: String
    switch try ModelReference.find(model, store: store) {
    case .path(let given): (installed, path) = (nil, given)
    case .installed(let found): (installed, path) = (found, store.path(for: found))
    }
    archive = try ModelArchive.open(path, verifyDigests: false)
    config = try ModelConfig(bytes: archive.config, name: path + ":" + Manifest.configPath)
    let scales = Set((config.quantization?.weights ?? []).flatMap { ["\($0).scale", "\($0).input"] })
    parameters = archive.weights.entries.reduce(0) { $0 + (scales.contains($1.name) ? 0 : $1.count) }
    let here = shared.plugins()
    multiplyAdds = try? config.multiplyAdds(plugins: here)
    plugins = archive.manifest.plugins.map { PluginPresence($0, in: here) }
  }

  var rows: [(String, String)] {
    let (manifest, input) = (archive.manifest, config.input)
    func triple(_ values: [Double]) -> String { values.map { fixed($0, 3) }.joined(separator: " ") }
    var rows: [(String, String)] = [("name", manifest.name)]
    if let installed { rows.append(("installed", "\(installed.reference), \(installed.blob)")) }
    rows += [
      ("architecture", config.variant.map { "\($0) (\(config.architecture))" } ?? config.architecture),
      ("options", config.options.json()), ("parameters", "\(parameters)"),
      ("input", "\(input.height)×\(input.width), \(input.channels) channels"),
      ("mean, std", "\(triple(input.mean)), \(triple(input.std))"),
    ]
    if let quantization = config.quantization {
      rows.append(
        (
          "quantised",
          "\(counted(quantization.weights.count, "weight")) in int8, ranges by \(quantization.range.rawValue) over "
            + counted(quantization.images, "image")
        ))
    }
    if let multiplyAdds { rows.append(("compute", compute(multiplyAdds / 1e9))) }
    rows += config.heads.map { ("head", "\($0.name): \($0.plugin), \(labelText($0))") }
    rows.append(("licence", manifest.licence))
    if !manifest.tags.isEmpty { rows.append(("tags", manifest.tags.joined(separator: " "))) }
    rows.append(
      ("weights", "\(bytesText(weightBytes)), \(bytesText(mappableBytes)) of it can be mapped"))
    rows += [("size", bytesText(archive.fileSize)), ("digest", archive.digest)]
    rows += manifest.provenance.parents.map { ("made from", "\($0.name) \($0.digest.prefix(12))") }
    rows.append(("made by", "\(manifest.provenance.createdBy), zoo \(manifest.provenance.zoo)"))
    return rows + plugins.map { ("plugin", $0.text) }
  }

  private var weightBytes: Int { archive.weights.entries.reduce(0) { $0 + $1.range.count } }

  /// Of parameters that programs can use where they lie; packed weights are a copy of each process.
  private var mappableBytes: Int {
    let weights = archive.weights
    let quantized = Set(config.quantization?.weights ?? [])
    guard weights.entries.allSatisfy({ $0.dtype == (quantized.contains($0.name) ? .i8 : .f32) }) else { return 0 }
    return weights.entries.reduce(0) {
      $0 + ((weights.dataOffset + $1.range.lowerBound) % 64 == 0 ? $1.range.count : 0)
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

  var json: JSONValue {
    var value: JSONObject = [
      "manifest": archive.manifest.json, "digest": .string(archive.digest), "size": .int(Int64(archive.fileSize)),
      "architecture": .string(config.architecture), "parameters": .int(Int64(parameters)),
      "weights": ["bytes": .int(Int64(weightBytes)), "mappable": .int(Int64(mappableBytes))],
      "input": ["height": .int(Int64(config.input.height)), "width": .int(Int64(config.input.width))],
    ]
    if let quantization = config.quantization {
      value["quantization"] = [
        "scheme": .string(ModelQuantization.scheme), "weights": .array(quantization.weights.map(JSONValue.string)),
        "images": .int(Int64(quantization.images)), "range": .string(quantization.range.rawValue),
        "migration": .double(quantization.migration),
      ]
    }
    if let variant = config.variant { value["variant"] = .string(variant) }
    if let multiplyAdds { value["multiplyAdds"] = .double(multiplyAdds) }
    value["heads"] = .array(
      config.heads.map {
        ["name": .string($0.name), "plugin": .string($0.plugin), "classes": .int(Int64($0.labels?.count ?? 0))]
      })
    value["plugins"] = .array(plugins.map(\.json))
    if let installed { value["installed"] = installed.json }
    return .object(value)
  }
}
