import ArgumentParser
import ZooHost

/// Where to install, and where to remove from.
struct PluginPlace: ParsableArguments {
  @Flag(help: "For everybody who uses this zoo (lib/zoo/plugins of its prefix), not for this user alone.")
  var shared = false

  func folder(_ options: SharedOptions) throws -> PluginFolder {
    let found =
      shared
      ? PluginSearch.executable().flatMap { PluginFolder.prefix(executable: $0) }
      : PluginFolder.user(environment: options.environment)
    guard let found else {
      throw ValidationError("there is no folder for a user's plugins: set XDG_DATA_HOME or HOME, or say --shared")
    }
    return found
  }
}

struct PluginInstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install a plugin for this user: its code will run whenever one of its components is used.")
  @Argument(help: "libzoo-*.so")
  var file: String
  @Option(help: ArgumentHelp("Refuse the file if its digest is another.", valueName: "digest"))
  var sha256: String?
  @Flag(help: "Put it in the place of an installed file of the same name.")
  var replace = false
  @OptionGroup var place: PluginPlace
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let folder = try place.folder(shared)
      let done = try folder.install(
        file, expected: sha256?.lowercased(), replace: replace, others: shared.plugins(), prober: shared.prober())
      for component in done.facts.components {
        print(
          "\(done.wasThere ? "is installed already:" : "installed") \(component.kind.rawValue) '\(component.name)' "
            + "\(component.version) in \(folder.path)")
      }
      print("sha256 \(done.digest)")
    }
  }
}

struct PluginRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a plugin that `plugin install` installed.")
  @Argument(help: "The name of a component of it, or of its file.")
  var plugin: String
  @OptionGroup var place: PluginPlace
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let removed = try namingPlugin { try place.folder(shared).remove(plugin, prober: shared.prober()) }
      print("removed \(removed)")
    }
  }
}
