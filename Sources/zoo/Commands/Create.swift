import ArgumentParser
import ZooRecipe
import ZooTrain

struct Create: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Make a model archive with random weights.")

  @Option(help: "A backbone (vit, bit) or a named size (vit-b16, bit-r50x1, …).")
  var architecture: String
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("An option of the architecture, such as depth=2.", valueName: "option=value"))
  var settings: [String] = []
  @Option(help: "Of the random weights.")
  var seed = 0
  @OptionGroup var target: ArchiveOutput
  @OptionGroup var golden: GoldenOptions
  @OptionGroup var tags: TagOptions
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let output = try target.path()
      let options = try PluginOptions(settings: settings)
      let model = try namingArguments {
        try Model.create(architecture: architecture, options: options, seed: seed, plugins: shared.plugins())
      }
      try model.write(
        to: output, name: modelName(output), tags: tags.tags, createdBy: "zoo create",
        golden: try golden.golden { model })
      print("wrote \(output): \(model.config.variant ?? model.config.architecture), \(model.parameterCount) parameters")
    }
  }
}

/// A model's name from its file's.
func modelName(_ path: String) -> String {
  var name = path.split(separator: "/").last.map(String.init) ?? "model"
  if name.hasSuffix(".tar") { name.removeLast(4) }
  let legal = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
  let trimmed = String(legal.drop { !$0.isLetter && !$0.isNumber })
  return trimmed.isEmpty ? "model" : trimmed
}
