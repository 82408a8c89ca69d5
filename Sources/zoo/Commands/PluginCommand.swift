import ArgumentParser
import ZooGraph
import ZooHost

struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Look at plugins.", subcommands: [PluginList.self, PluginOpset.self])
}

struct PluginList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List backbones and heads.")
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let (components, problems) = shared.plugins().all()
      for component in components {
        print(
          "\(component.kind.rawValue) '\(component.name)' \(component.version)  \(component.summary)\n  \(component.file)"
        )
        let description = try component.description()
        for option in description.options { print("    \(option.name) = \(option.defaultValue)") }
        if !description.variants.isEmpty {
          print("    sizes: " + description.variants.map(\.name).joined(separator: ", "))
        }
      }
      for problem in problems { printError("problem: \(problem)") }
    }
  }
}

struct PluginOpset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opset", abstract: "Print the operations that plugins may use (Plugins/OPSET.md).")

  func run() { print(OperationCatalogue.document, terminator: "") }
}
