import ArgumentParser
import ZooArchive
import ZooTrain

struct Sign: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign a model archive.",
    discussion: """
      The signature goes into the archive and covers the manifest, and by its digests every member. It changes neither the \
      model's digest nor anything else in the file. A model in the store is signed by installing its signed archive with \
      --replace.
      """)

  @Argument(help: ArgumentHelp("The archive.", valueName: "file.tar"))
  var file: String
  @Option(help: ArgumentHelp("Your private key, made by zoo key new.", valueName: "file.key"))
  var key: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the signed archive here (default: in its place).", valueName: "file.tar"))
  var output: String?
  @Flag(help: "Replace the output where it exists already.")
  var overwrite = false

  func run() throws {
    try reporting {
      if let output { try checkOutput(output, overwrite: overwrite) }
      let key = try SigningKey(path: key)
      let archive = try ModelArchive.open(file)
      try archive.sign(with: key, to: output ?? file)
      print(
        "signed \(output ?? file): \(archive.manifest.name) (\(archive.digest.prefix(12))), key \(key.publicKey.hex.prefix(12))"
      )
    }
  }
}
