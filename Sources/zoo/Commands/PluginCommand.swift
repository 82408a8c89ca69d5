import ArgumentParser
import Glibc
import ZooGraph
import ZooHost

struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Write, check, install and list plugins.",
    subcommands: [
      PluginNew.self, PluginCheck.self, PluginInstall.self, PluginRemove.self, PluginList.self, PluginShow.self,
      PluginOpset.self, PluginProbe.self, PluginCheckInside.self,
    ])
}

struct PluginOpset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opset", abstract: "Print the operations that plugins may use (Plugins/OPSET.md).")

  func run() { print(OperationCatalogue.document, terminator: "") }
}

/// What a parent process runs to learn what a plugin holds.
struct PluginProbe: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "probe", shouldDisplay: false)

  @Argument var file: String

  func run() throws { if !PluginProber.send(PluginProber.answer(file)) { throw ExitCode(1) } }
}
