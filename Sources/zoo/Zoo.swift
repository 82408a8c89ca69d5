import ArgumentParser
import ZooTrain

/// The command line: parse, call, print.
@main
struct Zoo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zoo",
    abstract: "A model zoo for vision: backbones and heads as plugins, transfer by recipe, models as archives.",
    version: zooVersion,
    subcommands: [
      Create.self, Import.self, FetchLocal.self, List.self, Show.self, Verify.self, Remove.self, Finetune.self,
      Evaluate.self, Predict.self, Forward.self, FewShot.self, Bench.self, Doctor.self,
      PluginCommand.self,
    ])
}
