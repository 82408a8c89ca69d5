import ArgumentParser
import ZooArchive

struct Remove: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Remove a model from the store.")

  @Argument(help: "The model's name.")
  var model: String
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      try shared.store().remove(model)
      print("removed \(model)")
    }
  }
}
