import ArgumentParser
import ZooArchive
import ZooHost
import ZooRecipe

struct PluginList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List backbones and heads, and where they come from.")
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let plugins = shared.plugins()
      let found = plugins.facts()
      if json {
        let items = try found.map { item in
          if let facts = item.facts { return try JSONValue(parsing: facts.jsonText, file: facts.file) }
          return JSONValue.object(["file": .string(item.file), "problem": .string(item.problem?.detail ?? "")])
        }
        print(JSONValue.array(items).pretty(), terminator: "")
        return
      }
      for facts in found.compactMap(\.facts) {
        for component in facts.components {
          print(
            "\(component.kind.rawValue) '\(component.name)' \(component.version)  \(component.summary)\n  \(facts.file)"
          )
          for option in component.options { print("    \(option.name) = \(option.defaultValue)") }
          if !component.variants.isEmpty {
            print("    sizes: " + component.variants.map(\.name).joined(separator: ", "))
          }
        }
      }
      for problem in found.compactMap(\.problem) { printError("problem: \(problem)") }
      for file in plugins.passedOver {
        printError("passed over: \(file): a plugin, but not named libzoo-*.so")
      }
    }
  }
}

struct PluginShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a plugin's file holds, or the file of a backbone or head.")
  @Argument(help: "A file, or the name of a backbone or head.")
  var plugin: String
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let facts = try find()
      if json {
        print(try JSONValue(parsing: facts.jsonText, file: facts.file).pretty(), terminator: "")
        return
      }
      print("file        \(facts.file)")
      print("ABI         \(facts.note.version) or newer (this zoo speaks \(PluginNote.hostVersion))")
      print("built with  \(facts.note.builtWith)")
      for component in facts.components {
        print("\(component.kind.rawValue) '\(component.name)' \(component.version)  \(component.summary)")
        for option in component.options { print("    \(option.name) = \(option.defaultValue)") }
        if !component.variants.isEmpty { print("    sizes: " + component.variants.map(\.name).joined(separator: ", ")) }
        if !component.formats.isEmpty { print("    checkpoints: " + component.formats.joined(separator: ", ")) }
        if let declaration = component.declaration { print("    declares \(declaration)") }
      }
      if !facts.operations.isEmpty { print("own operations: " + facts.operations.joined(separator: ", ")) }
    }
  }

  private func find() throws -> PluginFacts {
    let prober = shared.prober()
    if plugin.contains("/") || plugin.hasSuffix(".so") { return try prober.facts(plugin) }
    let plugins = shared.plugins()
    guard let file = try plugins.files(providing: plugin).first else {
      let names = plugins.facts().flatMap { $0.facts?.components ?? [] }.map(\.name)
      let near = suggestion(for: plugin, among: names).map { "; did you mean '\($0)'?" } ?? ";"
      throw ValidationError(
        "no backbone or head is called '\(plugin)'\(near) there are: \(names.sorted().joined(separator: ", "))")
    }
    return try prober.facts(file)
  }
}
