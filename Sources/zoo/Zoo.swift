import ArgumentParser
import Glibc
import ZooHost
import ZooRecipe
import ZooTrain

/// The command line: parse, call, print.
@main
struct Zoo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zoo",
    abstract: "A model zoo for vision: backbones and heads as plugins, transfer by recipe, models as archives.",
    version: zooVersion,
    subcommands: [
      Create.self, Import.self, Export.self, FetchLocal.self, List.self, Show.self, Lineage.self, Diff.self,
      Verify.self,
      Sign.self, KeyCommand.self, Unpack.self, Pack.self, Remove.self, Gc.self, StoreCommand.self, Plan.self,
      Annotate.self, Finetune.self, Pretrain.self, Compare.self, Report.self, Quantize.self, Evaluate.self, Predict.self,
      Forward.self, Embed.self, IndexCommand.self, Search.self, Dedup.self, FewShotCommand.self, Study.self, KNN.self,
      Probe.self, VTAB.self, Bench.self, Doctor.self,
      CardCommand.self, DataCommand.self, PluginCommand.self, RecipeCommand.self,
    ])

  static func main() {
    CrashReport.install()
    do {
      try checkCommand()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      // Wrong use is 2 here, as for shells and their tools.
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      let text = fullMessage(for: error)
      printError(text.hasPrefix("Error: ") ? "error: " + text.dropFirst("Error: ".count) : text)
      Glibc.exit(2)
    }
  }

  /// A command that does not exist; the parser would call it an unexpected argument.
  private static func checkCommand() throws {
    let names = configuration.subcommands.map { $0._commandName } + ["help"]
    guard let name = CommandLine.arguments.dropFirst().first, !name.hasPrefix("-"), !names.contains(name) else {
      return
    }
    let hint = suggestion(for: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw ValidationError("there is no command '\(name)'\(hint)")
  }
}
