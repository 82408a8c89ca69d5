import ArgumentParser
import ZooTrain

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model's weights under another library's names.",
    discussion: """
      model.safetensors is what timm (timm.create_model("local-dir:FOLDER", pretrained=True)) or transformers \
      (from_pretrained("FOLDER")) loads, by the config.json beside it.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Option(name: .customLong("to"), help: "Whose names and layouts.")
  var format: ExportFormat
  @Option(help: ArgumentHelp("The head that becomes the classifier (default: the only one).", valueName: "name"))
  var head: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String
  @Flag(help: "Replace files that the folder already holds.")
  var overwrite = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let files = format == .safetensors ? ["model.safetensors"] : ["model.safetensors", "config.json"]
      for file in files { try checkOutput("\(output)/\(file)", overwrite: overwrite) }
      let model = try shared.open(model)
      let notes = try model.export(format, to: output, head: head)
      for note in notes { printError("note: \(note)") }
      print("wrote \(output)/model.safetensors")
    }
  }
}

extension ExportFormat: ExpressibleByArgument {}
