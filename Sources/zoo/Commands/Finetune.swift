import ArgumentParser

struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Train a model by a recipe.")

  @OptionGroup var arguments: TrainingArguments

  func run() throws { try arguments.train() }
}
