import ArgumentParser
import ZooArchive

/// Words that go into an archive's manifest.
struct TagOptions: ParsableArguments {
  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("A word to find the model by with zoo list --tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []

  func validate() throws {
    for tag in tags where !Manifest.isTag(tag) {
      throw ValidationError("--tag \(tag): small letters, digits, '.', '_' and '-', the first a letter or digit")
    }
  }
}
