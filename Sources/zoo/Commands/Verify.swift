import ArgumentParser
import ZooArchive
import ZooTrain

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check an archive's structure, digests, signatures and results.",
    discussion: """
      The SHA-256 of every member is compared with the manifest, and every signature with the manifest and with the trusted \
      keys. --numeric runs the golden input through the model and compares with the golden outputs in the archive.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Flag(help: "Compute the golden outputs and compare.")
  var numeric = false
  @Option(
    name: .customLong("key"),
    help: ArgumentHelp("Fail unless this public key, or one of several, signed it.", valueName: "file.pub"))
  var keys: [String] = []
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let store = try shared.store()
      let wanted = try keys.map { try PublicKey(path: $0) }
      let archive = try ModelArchive.open(try resolve(model: model, store: store))
      print(
        "\(archive.manifest.name): \(archive.manifest.members.count) members, all digests right (\(archive.digest.prefix(12)))"
      )
      print(signers(of: archive, trusted: try store.trustedKeys(), given: zip(keys, wanted).map { ($0, $1) }))
      if !wanted.isEmpty { try archive.requireSignature(by: wanted) }
      if numeric { try compare(archive) }
    }
  }

  private func compare(_ archive: ModelArchive) throws {
    let engine = try compute.open()
    let check = try GoldenCheck(archive, try Model.open(archive.path, plugins: shared.plugins()), engine: engine)
    for output in check.outputs {
      print(
        "\(output.name): differs by \(rough(output.error)) of its largest value, at most \(rough(check.tolerance)) allowed"
      )
    }
    guard check.failed.isEmpty else {
      let names = check.failed.map(\.name).joined(separator: ", ")
      throw TrainError.model(archive.path, "\(engine.version) computes other outputs than the golden ones: \(names)")
    }
    print("\(engine.version) computes the golden outputs")
  }
}

/// Who signed an archive, in words: trusted keys by their names, others by their beginning.
/// - Parameter given: keys of the command line.
func signers(of archive: ModelArchive, trusted: TrustedKeys, given: [(name: String, key: PublicKey)] = []) -> String {
  let words = archive.signatures.map { signature in
    let number = "key \(signature.key.hex.prefix(12))"
    if let name = trusted.name(of: signature.key) { return "\(name) (trusted, \(number))" }
    if let name = given.first(where: { $0.key == signature.key })?.name { return "\(name) (\(number))" }
    return "an unknown key (\(number))"
  }
  return words.isEmpty ? "not signed" : "signed by " + words.joined(separator: ", ")
}
