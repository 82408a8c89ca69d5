import ArgumentParser
import ZooArchive
import ZooRecipe
import ZooReport
import ZooTrain

struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card", abstract: "Look at the cards of architectures and published checkpoints.",
    subcommands: [CardList.self, CardShow.self])
}

/// Where cards are.
struct CardOptions: ParsableArguments {
  @Option(
    name: .customLong("cards"),
    help: ArgumentHelp("Look for cards in this folder first.", valueName: "folder"))
  var folders: [String] = []

  func directories(_ shared: SharedOptions) -> [String] {
    CardSearch.directories(explicit: folders, environment: shared.environment)
  }
}

struct CardList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List model cards.")

  @Argument(help: "Only names that match, * and ? being wild; without either, names that contain it.")
  var pattern: String?
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var cards: CardOptions
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let directories = cards.directories(shared)
      let wild = pattern.map { $0.contains { "*?".contains($0) } ? $0 : "*\($0)*" }
      let names = ModelCard.names(directories: directories)
        .filter { name in wild.map { matches(name, $0) } ?? true }
      let found = try names.map { try ModelCard.load(named: $0, directories: directories) }
      if json {
        print(JSONValue.array(found.map(\.json)).pretty(), terminator: "")
        return
      }
      if found.isEmpty {
        let advice = "no cards; name their folder with --cards or $ZOO_CARDS"
        printError(pattern == nil ? advice : "no card matches")
      }
      let width = names.map(\.count).max() ?? 0
      for card in found { print("\(padded(card.name, width))  \(summary(card))") }
    }
  }

  private func summary(_ card: ModelCard) -> String {
    let size = padded(fixed(Double(card.parameters) / 1e6, 1) + " M", 8, right: true)
    let pixels = padded("\(card.input.size)", 4, right: true)
    guard !card.isArchitecture else { return "\(size)  \(pixels)  architecture" }
    let classes = padded("\(card.classes)", 5, right: true)
    let formats = card.files.map(\.format.rawValue).joined(separator: ", ")
    return "\(size)  \(pixels)  \(classes) classes  \(formats)"
  }
}

struct CardShow: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a model card.")

  @Argument(help: "The card's name, or its file.")
  var name: String
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var cards: CardOptions
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let card = try ModelCard.load(named: name, directories: cards.directories(shared))
      if json {
        print(card.json.pretty(), terminator: "")
        return
      }
      let rows = rows(card)
      let width = rows.map(\.0.count).max() ?? 0
      for (key, value) in rows { print("\(padded(key, width))  \(value)") }
    }
  }

  private func rows(_ card: ModelCard) -> [(String, String)] {
    var rows = [("name", card.name), ("title", card.title), ("architecture", card.architecture)]
    if !card.options.isEmpty { rows.append(("options", card.options.json())) }
    rows += [
      ("classes", card.isArchitecture ? "any (counts are for \(card.classes))" : "\(card.classes)"),
      ("parameters", "\(card.parameters)"),
      ("tensors", card.tensors.map { "\($0.count) (\($0.format.rawValue))" }.joined(separator: ", ")),
    ]
    for cost in card.cost {
      rows.append(("compute", "\(compute(cost.gmacs)) at \(cost.resolution) pixels, without the classifier"))
    }
    rows.append(("input", input(card.input)))
    for file in card.files { rows.append(("file", "\(file.name) (\(file.format.rawValue))\n\(file.url)")) }
    if let source = card.source { rows.append(("source", source.rawValue)) }
    if let licence = card.licence { rows.append(("licence", licence)) }
    for accuracy in card.accuracy { rows.append(("accuracy", text(accuracy))) }
    if let upstream = card.upstream { rows.append(("trained on", upstream)) }
    if let paper = card.paper { rows.append(("paper", paper)) }
    for note in card.notes { rows.append(("note", note)) }
    let indent = String(repeating: " ", count: (rows.map(\.0.count).max() ?? 0) + 2)
    return rows.map { ($0.0, $0.1.replacing("\n", with: "\n" + indent)) }
  }

  private func input(_ input: ModelCard.Input) -> String {
    let mean = input.mean.map { fixed($0, 3) }.joined(separator: " ")
    let std = input.std.map { fixed($0, 3) }.joined(separator: " ")
    let resize = input.interpolation.map { ", \($0.rawValue)" } ?? ""
    let crop = input.crop.map { ", crop \($0)" } ?? ""
    return "\(input.size)×\(input.size)\(resize)\(crop), mean \(mean), std \(std)"
  }

  private func text(_ accuracy: ModelCard.Accuracy) -> String {
    let size = accuracy.resolution.map { " at \($0) pixels" } ?? ""
    let setting = accuracy.setting.map { ", \($0)" } ?? ""
    return "\(accuracy.data) \(accuracy.metric) \(accuracy.value) %\(size)\(setting) (\(accuracy.source))"
  }
}

/// `35.1 GFLOP per image (17.6 GMAC)`.
func compute(_ gmacs: Double) -> String {
  func digits(_ value: Double) -> String { fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0) }
  return "\(digits(2 * gmacs)) GFLOP per image (\(digits(gmacs)) GMAC)"
}
