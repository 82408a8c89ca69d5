import ArgumentParser
import ZooArchive

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Check an archive's structure and every digest.")

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let archive = try ModelArchive.open(try resolve(model: model, store: try shared.store()))
      print(
        "\(archive.manifest.name): \(archive.manifest.members.count) members, all digests right (\(archive.digest.prefix(12)))"
      )
    }
  }
}
