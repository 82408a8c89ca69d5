import ArgumentParser
import ZooRecipe
import ZooTrain

struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model archive from a published checkpoint (safetensors with timm's names).")

  @Option(help: "A backbone (vit, bit) or a named size (vit-b16, bit-r50x1, …).")
  var architecture: String
  @Option(help: ArgumentHelp("The checkpoint.", valueName: "file.safetensors"))
  var weights: String
  @Option(name: .customLong("set"), help: ArgumentHelp("An option of the architecture, such as depth=2.", valueName: "option=value"))
  var settings: [String] = []
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
      let model = try namingArguments {
        try Model.importing(
          weights, architecture: architecture, options: options, headName: head, licence: licence,
          plugins: shared.plugins())
      }
      try model.write(to: output, name: modelName(output), createdBy: "zoo import")
      let heads = model.heads.map { "head '\($0.name)' with \($0.classes) classes" }
      print((["wrote \(output): \(model.parameterCount) parameters"] + heads).joined(separator: ", "))
    }
  }
}
