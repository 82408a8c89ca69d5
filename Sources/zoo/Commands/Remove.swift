import ArgumentParser
import ZooArchive

struct Remove: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Remove a model from the store.",
    discussion: "A name that has several versions needs the version: vit-b16@1.")

  @Argument(help: ArgumentHelp("The model.", valueName: "name[@version]"))
  var model: String
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting { print("removed \(try shared.store().remove(model))") }
  }
}
