import FoundationEssentials
import Testing
import ZooArchive
import ZooGraph
import ZooHost
import ZooRecipe
import ZooTrain

/// The cards that ship with the project.
private let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "Zoo/cards").path

/// What a card says, counted in the architecture's own graph and key maps.
private struct Counted {
  let parameters: Int
  let gmacs: Double
  let backbone: ComponentInstance

  init(_ card: ModelCard, resolution: Int) throws {
    // A classifier's arrays differ in layout between formats, never in number.
    let options = PluginOptions(
      card.options.entries.filter { $0.key != "image" }.map { ($0.key, $0.value) }
        + [("image", .int(resolution))])
    let choice = try BackboneChoice(architecture: card.architecture, options: options, plugins: plugins)
    backbone = choice.instance
    gmacs = try ModelGraph(backbone: backbone, heads: [], input: choice.input, phase: .predict).graph
      .multiplyAdds() / 1e9
    var heads: [(config: ModelHead, instance: ComponentInstance)] = []
    if card.classes > 0 {
      let component = try plugins.head("linear")
      let instance = try component.instantiate(options: "{}")
      let declaration = try instance.headDeclaration()
      let config = ModelHead(
        name: "label", plugin: component.name, version: component.version, inputs: declaration.inputs,
        target: declaration.target, labels: .count(card.classes))
      heads.append((config, instance))
    }
    parameters = try ModelGraph(backbone: backbone, heads: heads, input: choice.input, phase: .predict).graph
      .parameters.reduce(0) { $0 + $1.spec.shape.reduce(1, *) }
  }

  func tensors(_ format: ModelCard.Format, head: Bool) throws -> Int {
    try backbone.keyMap(format.rawValue).filter { head || !$0.parameter.hasPrefix("head.") }
      .reduce(0) { $0 + $1.sources.count }
  }
}

/// Half of the last of three digits.
private func rounding(_ value: Double) -> Double {
  var unit = 0.01
  while value >= 1000 * unit { unit *= 10 }
  return unit / 2 * 1.000001
}

@Suite("Model cards")
struct CardTests {
  @Test(arguments: ModelCard.names(directories: [shipped]))
  func agreesWithTheArchitecture(_ name: String) throws {
    let card = try ModelCard.load(named: name, directories: [shipped])
    for cost in card.cost {
      let counted = try Counted(card, resolution: cost.resolution)
      #expect(abs(counted.gmacs - cost.gmacs) <= rounding(cost.gmacs), "\(counted.gmacs)")
    }
    let counted = try Counted(card, resolution: card.input.size)
    #expect(counted.parameters == card.parameters)
    for tensors in card.tensors {
      #expect(try counted.tensors(tensors.format, head: card.classes > 0) == tensors.count)
    }
    #expect(!card.tensors.isEmpty && !card.cost.isEmpty)
    #expect(try counted.backbone.backboneDeclaration().image.mean == card.input.mean)
    #expect(try counted.backbone.backboneDeclaration().image.deviation == card.input.std)
  }

  @Test func everyNamedSizeHasACard() throws {
    for family in ["vit", "bit"] {
      for variant in try plugins.backbone(family).description().variants {
        let card = try ModelCard.load(named: variant.name, directories: [shipped])
        #expect(card.architecture == variant.name)
        #expect(card.isArchitecture)
      }
    }
  }

  /// Importing needs nothing but the card: a size, a licence, options that fit the resolution.
  @Test func everyCheckpointCanBeImported() throws {
    let cards = try ModelCard.all(directories: [shipped]).filter { !$0.isArchitecture }
    #expect(cards.count == 73)
    for card in cards {
      #expect(card.licence == "Apache-2.0", "\(card.name)")
      let choice = try BackboneChoice(
        architecture: card.architecture, options: card.options, plugins: plugins)
      #expect(choice.input.height == card.input.size, "\(card.name)")
    }
    let files = cards.flatMap { $0.files.map(\.url) }
    #expect(Set(files).count == files.count)
  }

  @Test func theCountsThatPapersGive() throws {
    let vit = try ModelCard.load(named: "vit-b16", directories: [shipped])
    #expect(vit.parameters == 86_567_656)
    #expect(vit.tensors.map(\.count) == [200, 152])
    #expect(vit.cost.first?.gmacs == 17.6)
    let bit = try ModelCard.load(named: "bit-r50x1", directories: [shipped])
    #expect(bit.parameters == 25_549_352)
    #expect(bit.tensors.map(\.count) == [153, 153])
  }

  @Test func aCardSaysWhatImportingNeeds() throws {
    let card = try ModelCard.load(named: "vit-b16-i21k", directories: [shipped])
    #expect(card.architecture == "vit-b16")
    #expect(card.options.json() == #"{"pre-logits":768}"#)
    #expect(card.source == .official)
    #expect(card.licence == "Apache-2.0")
    #expect(card.classes == 21843)
    #expect(card.files.map(\.name) == ["ViT-B_16.npz"])
  }

  /// An imported model prepares images as its published accuracy was measured.
  @Test func preprocessingIsTheCards() throws {
    let input = ModelInput(height: 224, width: 224)
    let cropped = try ModelCard.load(named: "vit-b16-augreg-i21k-i1k-224", directories: [shipped])
    #expect(
      cropped.preprocessing(for: input) == [
        .resize(size: ImageSize(height: 248, width: 248), mode: .shortSide, filter: .bicubic),
        .crop(size: nil, position: .center),
      ])
    let whole = try ModelCard.load(named: "bit-m-r50x1-ilsvrc2012", directories: [shipped])
    #expect(whole.preprocessing(for: input) == [.resize(size: nil, mode: .square, filter: .bilinear)])
  }

  @Test func unknownNames() throws {
    let scratch = try Scratch()
    #expect(
      scratch.failure { _ = try ModelCard.load(named: "vit-b16-augerg-i21k", directories: [shipped]) }
        == "card 'vit-b16-augerg-i21k': there is none of this name; did you mean 'vit-b16-augreg-i21k'?")
    #expect(
      scratch.failure { _ = try ModelCard.load(named: "zzz", directories: [shipped]) }
        == "card 'zzz': there is none of this name; zoo card list names them all")
    #expect(
      scratch.failure { _ = try ModelCard.load(named: "vit-b16", directories: [scratch.path]) }
        == "card 'vit-b16': there are no cards (none in FOLDER); "
        + "name their folder with --cards or $ZOO_CARDS")
    #expect(
      scratch.failure { _ = try ModelCard.load(named: "./none.yaml", directories: [shipped]) }
        == "./none.yaml: there is no such file")
  }

  @Test func anEarlierFolderHidesALaterOne() throws {
    let scratch = try Scratch()
    try scratch.write("bit-r50x1.yaml", minimal.replacing("mine", with: "bit-r50x1"))
    let card = try ModelCard.load(named: "bit-r50x1", directories: [scratch.path, shipped])
    #expect(card.title == "Mine")
    #expect(ModelCard.names(directories: [scratch.path]) == ["bit-r50x1"])
  }

  @Test func whereCardsAreLookedFor() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch.file("Zoo/cards"), withIntermediateDirectories: true)
    let program = scratch.file(".build/release/zoo")
    #expect(
      CardSearch.directories(explicit: ["mine"], environment: ["ZOO_CARDS": "a:b"], executable: program) == [
        "mine", "a", "b", scratch.file(".build/release/../share/zoo/cards"), scratch.file("Zoo/cards"),
      ])
  }

  private let minimal = """
    schema: zoo.card/1
    name: mine
    title: Mine
    architecture: bit-r50x1
    classes: 10
    tensors: {timm: 153}
    parameters: 23520842
    input: {size: 224, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5]}

    """

  @Test(arguments: [
    (
      "schema: zoo.card/1", "schema: zoo.card/2",
      "mine.yaml:1:9: this is no card that can be read here; expected 'zoo.card/1'"
    ),
    ("classes: 10", "clases: 10", "mine.yaml:5:1: unknown key 'clases'"),
    (
      "classes: 10", "classes: -1",
      "mine.yaml:5:10: 'classes' must be a whole number of at least 0, not the number -1"
    ),
    ("title: Mine", "", "mine.yaml:1:1: 'title' is missing"),
    ("{timm: 153}", "{torch: 153}", "mine.yaml:6:11: unknown key 'torch'"),
    ("std: [0.5, 0.5, 0.5]", "std: [0.5, 0, 0.5]", "mine.yaml:8:54: 'input.std[1]' must be a number above 0"),
    (
      "mean: [0.5, 0.5, 0.5]", "mean: [0.5]",
      "mine.yaml:8:26: 'input.mean' must have 3 numbers, one a channel, not 1"
    ),
    (
      "title: Mine", "title: Mine\ngmacs: {big: 1}",
      "mine.yaml:4:9: 'gmacs.big': the key must be an image's side in pixels"
    ),
    ("title: Mine", "title: Mine\ngmacs: {224: -1}", "mine.yaml:4:14: 'gmacs.224' must be a number above 0"),
    (
      "title: Mine", "title: Mine\nsource: timm",
      "mine.yaml:4:1: 'source' is for cards with files, which this one has not"
    ),
    (
      "title: Mine", "title: Mine\nfiles: [{name: a, url: 'ftp://a', format: timm}]",
      "mine.yaml:4:24: 'files[0].url' must begin with 'https://'"
    ),
    (
      "title: Mine", "title: Mine\nsource: hf\nfiles: [{name: a, url: 'https://a', format: hf}]",
      "mine.yaml:8:10: 'tensors' does not say how many arrays 'a' has (hf)"
    ),
  ])
  func wrongCards(_ old: String, _ new: String, _ message: String) throws {
    let scratch = try Scratch()
    try scratch.write("mine.yaml", minimal.replacing(old, with: new))
    let failure = scratch.failure { _ = try ModelCard.load(named: "mine", directories: [scratch.path]) }
    #expect(failure.split(separator: "\n").first.map(String.init) == message)
  }

  @Test func aCheckpointMustBeTheCards() throws {
    let scratch = try Scratch()
    let path = Reference.all[0].file("timm.safetensors")
    let options = "options: {width: 64, depth: 2, heads: 4, mlp: 256, patch: 8, image: 32}"
    let file = "source: timm\nfiles: [{name: a, url: 'https://a', format: timm}]"
    let text = minimal.replacing("architecture: bit-r50x1", with: "architecture: vit\n\(options)\n\(file)")
    try scratch.write("mine.yaml", text)
    let card = try ModelCard.load(named: "mine", directories: [scratch.path])
    let found = try CheckpointImport(
      path, architecture: card.architecture, options: card.options(overlaidWith: PluginOptions()),
      headName: "label", licence: "Apache-2.0", plugins: plugins)
    #expect(
      scratch.failure { try card.check(found, file: "w", changed: false) }
        == "w: has \(found.parameterCount) parameters where the card 'mine' says 23520842; is it another file?")
    try card.check(found, file: "w", changed: true)
    try scratch.write("mine.yaml", text.replacing("23520842", with: "\(found.parameterCount)"))
    try ModelCard.load(named: "mine", directories: [scratch.path]).check(found, file: "w", changed: false)
    try scratch.write("mine.yaml", text.replacing("classes: 10", with: "classes: 11"))
    let other = try ModelCard.load(named: "mine", directories: [scratch.path])
    #expect(
      scratch.failure { try other.check(found, file: "w", changed: true) }
        == "w: has 10 classes where the card 'mine' says 11; is it another file?")
  }

  @Test func theNameIsTheFiles() throws {
    let scratch = try Scratch()
    try scratch.write("other.yaml", minimal)
    #expect(
      scratch.failure { _ = try ModelCard.load(named: "other", directories: [scratch.path]) }
        == "other.yaml: 'name' must be 'other' as the file's, not 'mine'")
  }

  @Test func jsonHasTheKeysOfTheYAML() throws {
    let scratch = try Scratch()
    try scratch.write("mine.yaml", minimal)
    let card = try ModelCard.load(named: scratch.file("mine.yaml"), directories: [])
    #expect(
      card.json.compact() == #"{"schema":"zoo.card/1","name":"mine","title":"Mine","#
        + #""architecture":"bit-r50x1","classes":10,"files":[],"tensors":{"timm":153},"#
        + #""parameters":23520842,"gmacs":{},"#
        + #""input":{"size":224,"mean":[0.5,0.5,0.5],"std":[0.5,0.5,0.5]},"accuracy":[],"notes":[]}"#)
  }

  /// 2·2 outputs of 3·3·2 products each for 4 channels; a layer of 4·10 at each of the 4 places; attention of
  /// 3 tokens, 6 wide: 2·3·3·6.
  @Test func multiplyAdds() throws {
    var graph = Graph()
    let image = try graph.input("image", TensorType(.float32, [TensorType.batch, 4, 4, 2]))
    let weights = try graph.parameter(ParameterSpec(name: "w", shape: [4, 2, 3, 3], initializer: .zeros))
    let map = try graph.apply(named: "conv2d", [image, weights])[0]
    #expect(graph.multiplyAdds() == 288)
    let head = try graph.parameter(ParameterSpec(name: "h", shape: [10, 4], initializer: .zeros))
    _ = try graph.apply(named: "linear", [map, head])
    #expect(graph.multiplyAdds() == 288 + 160)
    let tokens = try graph.input("tokens", TensorType(.float32, [TensorType.batch, 3, 18]))
    _ = try graph.apply(named: "attention", [tokens], ["heads": .int(2)])
    #expect(graph.multiplyAdds() == 288 + 160 + 108)
  }
}
