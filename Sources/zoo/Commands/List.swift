import ArgumentParser
import ZooArchive
import ZooData

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the models in the store.")

  @Argument(help: "Only names that match one of these, as file names match in a shell: vit-*, '*@2', bit-r50x[13].")
  var pattern: [String] = []
  @Option(help: ArgumentHelp("Only models with this tag; given several times, with all of them.", valueName: "tag"))
  var tag: [String] = []
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let (all, damaged) = try shared.store().contents()
      let models = all.filter(isWanted)
      if json {
        print(JSONValue.array(models.map(\.json)).pretty(), terminator: "")
      } else {
        let width = models.map(\.reference.count).max() ?? 0
        for model in models {
          let tags = model.tags.isEmpty ? "" : "  " + model.tags.joined(separator: " ")
          print(
            visible(
              "\(padded(model.reference, width))  \(padded(bytesText(model.size), 9, right: true))  "
                + "\(model.digest.prefix(12))\(tags)"))
        }
        if all.isEmpty, damaged.isEmpty {
          printError("no models; install one with: zoo fetch-local FILE.tar")
        } else if models.isEmpty {
          printError("no model matches")
        }
      }
      for error in damaged { printError("error: \(error)") }
      if !damaged.isEmpty { throw ExitCode(1) }
    }
  }

  private func isWanted(_ model: InstalledModel) -> Bool {
    guard tag.allSatisfy(model.tags.contains) else { return false }
    return pattern.isEmpty
      || pattern.contains { matches(model.name, $0) || matches(model.reference, $0) }
  }
}
