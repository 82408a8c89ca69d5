import ArgumentParser
import ZooAlgebra
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooTrain

struct FewShotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "few-shot",
    abstract: "Learn a task from few labels of each class, by several methods from the same subsets.",
    discussion: """
      With a MODEL: from its features by ridge regression, nearest neighbours and a linear probe; beside them, on pixels, the \
      nearest neighbour and logistic regression. --methods adds fine-tuning by a rule and training from nothing. With a \
      RECIPE, which names model and data: all of them, fine-tuning as the recipe says.
      """)

  @Argument(
    help: ArgumentHelp(
      "A model's name in the store, an archive, or a recipe (.yaml) with one task.", valueName: "model|recipe.yaml"))
  var subject: String
  @Option(help: ArgumentHelp("What is learnt from, with a model. \(dataHelp.abstract)", valueName: "data"))
  var data: String?
  @Option(help: ArgumentHelp("What is measured on (default: a fifth of each class of --data).", valueName: "data"))
  var test: String?
  @Option(
    help: ArgumentHelp(
      "Labelled examples of each class (default: those of 1,5,10,25,100 that there are).", valueName: "1,5,10"))
  var shots: String?
  @Option(help: "Random subsets for each number of shots; the median is shown.")
  var subsets = 5
  @Option(
    help: ArgumentHelp(
      "Of \(FewShotMethod.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "ridge,knn,…"))
  var methods: String?
  @Option(
    help: ArgumentHelp(
      "The rule of fine-tuning, with a model: bit-hyperrule or vit-finetune (default: by its backbone).",
      valueName: "rule"))
  var rule: String?
  @Option(name: .customLong("set"), help: ArgumentHelp("Override a value of the recipe or rule.", valueName: "a.b=c"))
  var settings: [String] = []
  @Option(
    name: .customLong("scratch-set"),
    help: ArgumentHelp("Override a value for training from nothing.", valueName: "a.b=c"))
  var scratchSettings: [String] = []
  @Option(
    name: .customLong("scratch-try"),
    help: ArgumentHelp(
      "Values to choose from for training from nothing, by the test data itself; several options multiply.",
      valueName: "a.b=c,d"))
  var scratchChoices: [String] = []
  @Flag(help: "Deal out the labels of every subset anew: what is more than chance then is not honest.")
  var shuffleLabels = false
  @OptionGroup var kept: ResultOptions
  @OptionGroup var features: FeatureOptions
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  private var isRecipe: Bool { subject.hasSuffix(".yaml") || subject.hasSuffix(".yml") }

  func validate() throws {
    _ = try counts()
    _ = try chosenMethods()
    _ = try scratchGrid()
    guard subsets > 0 else { throw ValidationError("--subsets must be at least 1") }
    if isRecipe, data != nil || test != nil || rule != nil {
      throw ValidationError("--data, --test and --rule go with a model; the recipe names its own")
    }
    if !isRecipe, data == nil { throw ValidationError("--data is needed with a model") }
    if let rule, RuleName(rawValue: rule) == nil {
      throw ValidationError("--rule is bit-hyperrule or vit-finetune, not '\(rule)'")
    }
  }

  private func counts() throws -> [Int]? {
    guard let shots else { return nil }
    let counts = shots.split(separator: ",").map { Int($0) ?? 0 }
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 0 }), Set(counts).count == counts.count else {
      throw ValidationError("--shots takes different numbers such as 1,5,10")
    }
    return counts
  }

  private func chosenMethods() throws -> [FewShotMethod] {
    guard let methods else {
      return isRecipe ? FewShotMethod.allCases : [.ridge, .knn, .probe, .pixelNeighbour, .pixelLogistic]
    }
    let known = FewShotMethod.allCases.map(\.rawValue)
    return try methods.split(separator: ",").map { name in
      guard let method = FewShotMethod(rawValue: String(name)) else {
        let hint = suggestion(for: String(name), among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw ValidationError("--methods knows no '\(name)'\(hint)")
      }
      return method
    }
  }

  /// Every combination of the values to choose from.
  private func scratchGrid() throws -> [[String]] {
    try scratchChoices.reduce([[]]) { grid, choice in
      let parts = choice.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("--scratch-try takes a.b=c,d, not '\(choice)'") }
      let values = parts[1].split(separator: ",").map { "\(parts[0])=\($0)" }
      return grid.flatMap { settings in values.map { settings + [$0] } }
    }
  }

  func run() throws {
    try reporting {
      try kept.check()
      let results = try FewShotRun(self, try chosenMethods(), try counts(), try scratchGrid()).results()
      try kept.give(results.json, text: FewShotText.table(results))
    }
  }
}
