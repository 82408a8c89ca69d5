import ArgumentParser
import ZooRecipe
import ZooTrain

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model archive from a published checkpoint.",
    discussion: """
      safetensors with the names of timm or transformers, npz with those of the official releases. Options of \
      numerics (gelu, epsilons) follow the library that wrote the file, unless --set says otherwise. With \
      --set image=… position embeddings are resized.
      """)

  @Option(help: "A backbone (vit, bit) or a named size (vit-b16, bit-r50x1, …).")
  var architecture: String
  @Option(help: ArgumentHelp("The checkpoint, .safetensors or .npz.", valueName: "file"))
  var weights: String
  @Option(help: "Whose names the arrays have (default: told from them).")
  var source: CheckpointSource?
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("An option of the architecture, such as depth=2.", valueName: "option=value"))
  var settings: [String] = []
  @Option(help: "How position embeddings follow another image size.")
  var positionResize = PositionResize.official
  @Option(help: "The name under which the checkpoint's classifier is registered.")
  var head = "label"
  @Option(help: ArgumentHelp("The weights' licence, an SPDX expression.", valueName: "spdx"))
  var licence = "Apache-2.0"
  @Option(name: .shortAndLong, help: ArgumentHelp("The archive to write.", valueName: "file.tar"))
  var output: String
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let options = try PluginOptions(settings: settings)
      let found = try namingArguments {
        try CheckpointImport(
          weights, architecture: architecture, options: options, source: source, headName: head,
          resize: positionResize, licence: licence, plugins: shared.plugins())
      }
      try found.write(to: output, name: modelName(output), createdBy: "zoo import")
      for note in found.notes { print("\(note.name): \(note.text)") }
      let heads = found.config.heads.map { "head '\($0.name)' with \($0.labels?.count ?? 0) classes" }
      print((["wrote \(output): \(found.parameterCount) parameters"] + heads).joined(separator: ", "))
    }
  }
}

extension CheckpointSource: ExpressibleByArgument {}
extension PositionResize: ExpressibleByArgument {}
