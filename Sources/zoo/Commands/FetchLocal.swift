import ArgumentParser
import ZooArchive

struct FetchLocal: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch-local", abstract: "Verify a model archive and install it in the local store.")

  @Argument(help: ArgumentHelp("The archive.", valueName: "file.tar"))
  var file: String
  @Option(help: "Install it under this name instead of its own.")
  var name: String?
  @Flag(help: "Replace a model of the same name with other content.")
  var replace = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let store = try shared.store()
      let installed = try store.install(from: file, name: name, replace: replace)
      print("installed \(installed.reference) (\(bytesText(installed.size)), \(installed.digest.prefix(12)))")
      let archive = try ModelArchive.open(store.path(for: installed), verifyDigests: false)
      print("  \(signers(of: archive, trusted: try store.trustedKeys()))")
      let plugins = shared.plugins()
      for plugin in archive.manifest.plugins {
        let found = plugin.kind == "head" ? (try? plugins.head(plugin.id)) : (try? plugins.backbone(plugin.id))
        print(
          "  needs \(plugin.kind) '\(plugin.id)': "
            + (found.map { "found (\($0.file))" } ?? "NOT FOUND on this machine"))
      }
    }
  }
}
