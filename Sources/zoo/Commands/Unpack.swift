import ArgumentParser
import ZooArchive

struct Unpack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the members of an archive as files of a folder.",
    discussion:
      "zoo pack makes the same archive of the folder again, byte for byte, or a new model where files were edited.")

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "folder"))
  var output: String
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let archive = try ModelArchive.open(try resolve(model: model, store: try shared.store()))
      try archive.unpack(to: output)
      print(
        "wrote \(output): \(archive.manifest.members.count) members of \(archive.manifest.name) (\(archive.digest.prefix(12)))"
      )
    }
  }
}
