import ArgumentParser
import ZooArchive

struct FetchLocal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch-local", abstract: "Verify model archives and install them in the local store.",
    discussion: """
      SOURCE is an archive, a folder of archives (*.tar), a file:// address of either, or - for an archive on \
      standard input.

      A name holds numbered versions: the first archive of a name becomes NAME@1, --name NAME@2 puts another one \
      beside it, and NAME alone means the newest. Installing the same archive again changes nothing; another \
      archive under a name and version that are taken is refused, unless --replace, which keeps the old one until \
      the new one is whole (without a version it replaces the newest).
      """)

  @Argument(help: ArgumentHelp("Where the archives are.", valueName: "source"))
  var source: String
  @Option(help: ArgumentHelp("Install it under this name instead of its own.", valueName: "name[@version]"))
  var name: String?
  @Flag(help: "Replace a model of the same name with other content.")
  var replace = false
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let store = try shared.store()
      let sources = try ArchiveSource.find(source)
      guard name == nil || sources.count == 1 else {
        throw ValidationError("--name is for a single archive; \(source) holds \(sources.count)")
      }
      let plugins = shared.plugins()
      var results: [JSONValue] = []
      var failed = 0
      for source in sources {
        do {
          let done = try install(source, store)
          let archive = try ModelArchive.open(store.path(for: done.model), verifyDigests: false)
          let needs = archive.manifest.plugins.map { PluginPresence($0, in: plugins) }
          if json { results.append(value(done, archive, needs)) } else { try say(done, archive, needs, store) }
        } catch let error as ArchiveError where sources.count > 1 {
          printError("error: \(error)")
          failed += 1
        }
      }
      if json { print(JSONValue.array(results).pretty(), terminator: "") }
      if failed > 0 {
        printError("\(failed) of \(sources.count) archives were not installed")
        throw ExitCode(1)
      }
    }
  }

  private func install(_ source: ArchiveSource, _ store: Store) throws -> Installation {
    let bar = CopyBar("copying \(source.description)")
    defer { bar.close() }
    return try store.install(from: source, name: name, replace: replace, progress: bar.progress)
  }

  private func say(_ done: Installation, _ archive: ModelArchive, _ needs: [PluginPresence], _ store: Store) throws {
    let model = done.model
    let verb =
      switch done.change {
      case .installed: "installed"
      case .unchanged: "already installed:"
      case .replaced: "replaced"
      }
    print("\(verb) \(model.reference) (\(bytesText(model.size)), \(model.digest.prefix(12)))")
    let newest = try store.find(model.name)
    if newest != model { print("  '\(model.name)' alone means \(newest.reference)") }
    print("  \(signers(of: archive, trusted: try store.trustedKeys()))")
    for plugin in needs { print("  needs \(plugin.text)") }
  }

  private func value(_ done: Installation, _ archive: ModelArchive, _ needs: [PluginPresence]) -> JSONValue {
    var value: JSONObject = ["model": done.model.json]
    switch done.change {
    case .installed: value["change"] = "installed"
    case .unchanged: value["change"] = "unchanged"
    case .replaced(let digest):
      value["change"] = "replaced"
      if let digest { value["replaced"] = .string(digest) }
    }
    value["signatures"] = .array(archive.signatures.map { .string($0.key.hex) })
    value["plugins"] = .array(needs.map(\.json))
    return .object(value)
  }
}
