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

  @Argument(help: "The checkpoint, .safetensors or .npz.")
  var file: String?
  @Option(help: ArgumentHelp("The checkpoint; the same as naming it alone.", valueName: "file"))
  var weights: String?
  @Option(help: ArgumentHelp("A published checkpoint's card; it says all the rest.", valueName: "name"))
  var card: String?
  @Option(help: "A backbone (vit, bit) or a named size (vit-b16, bit-r50x1, …).")
  var architecture: String?
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
  @Option(
    help: ArgumentHelp(
      "The weights' licence, an SPDX expression (default: the card's, else NOASSERTION).", valueName: "spdx"))
  var licence: String?
  @OptionGroup var target: ArchiveOutput
  @OptionGroup var golden: GoldenOptions
  @OptionGroup var cards: CardOptions
  @OptionGroup var tags: TagOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard (file == nil) != (weights == nil) else {
      throw ValidationError("name one checkpoint, as FILE or with --weights")
    }
    guard (card == nil) != (architecture == nil) else {
      throw ValidationError("give one of --card and --architecture")
    }
  }

  func run() throws {
    try reporting {
      let output = try target.path()
      let weights = file ?? weights ?? ""
      let card = try card.map { try ModelCard.load(named: $0, directories: cards.directories(shared)) }
      let given = try PluginOptions(settings: settings)
      let found = try namingArguments {
        try CheckpointImport(
          weights, architecture: card?.architecture ?? architecture ?? "",
          options: card?.options(overlaidWith: given) ?? given, source: source, headName: head,
          resize: positionResize, preprocessing: card?.preprocessing(for:),
          licence: licence ?? card?.licence ?? "NOASSERTION",
          plugins: shared.plugins())
      }
      try card?.check(found, file: weights, changed: !given.isEmpty)
      try found.write(
        to: output, name: modelName(output), tags: tags.tags, createdBy: "zoo import",
        golden: try golden.golden(found.load))
      for note in found.notes { print("\(note.name): \(note.text)") }
      let heads = found.config.heads.map { "head '\($0.name)' with \($0.labels?.count ?? 0) classes" }
      print((["wrote \(output): \(found.parameterCount) parameters"] + heads).joined(separator: ", "))
    }
  }
}

extension CheckpointSource: ExpressibleByArgument {}
extension PositionResize: ExpressibleByArgument {}
