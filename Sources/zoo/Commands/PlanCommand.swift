import ArgumentParser
import ZooEvaluate
import ZooRecipe
import ZooTrain

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a recipe would do; nothing is trained or written.",
    discussion: """
      Opens the model and the data, reads the header of every image, compiles the training step and times it on a few \
      blank images. --trace shows the schedule alone; with --assume-examples and --assume-size it needs no data.
      """)

  @Argument(help: ArgumentHelp("The recipe.", valueName: "recipe.yaml"))
  var recipe: String
  @Option(name: .customLong("set"), help: ArgumentHelp("Override a value, such as train.steps=20.", valueName: "a.b=c"))
  var settings: [String] = []
  @Option(
    name: [.short, .long], help: ArgumentHelp("Where the run would write (default: runs/NAME).", valueName: "folder"))
  var output: String?
  @Flag(help: "Show the rate around every knot of the schedule.")
  var trace = false
  @Option(help: ArgumentHelp("For --trace: as if there were so many training images.", valueName: "n"))
  var assumeExamples: Int?
  @Option(help: ArgumentHelp("For --trace: as if the images were of this size.", valueName: "HxW"))
  var assumeSize: String?
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    if assumeExamples != nil || assumeSize != nil {
      guard trace else { throw ValidationError("--assume-examples and --assume-size are for --trace") }
      guard assumeExamples != nil else { throw ValidationError("--assume-size needs --assume-examples") }
    }
    if let assumeExamples, assumeExamples < 1 { throw ValidationError("--assume-examples must be at least 1") }
    if let assumeSize, imageSize(assumeSize) == nil {
      throw ValidationError("--assume-size must be a height and a width such as 96x96, not '\(assumeSize)'")
    }
  }

  func run() throws {
    try reporting {
      let written = try Recipe.load(path: recipe, overrides: settings)
      if trace, let assumed = try assumedRecipe(written) {
        let epoch = ((assumeExamples ?? 1) - 1) / assumed.train.batch + 1
        try show(
          ScheduleTraceText(
            assumed, assumed.train.schedule.inSteps(perEpoch: epoch), steps: steps(of: assumed, epoch: epoch)))
        return
      }
      let prepared = try PreparedRecipe(written, plugins: shared.plugins(), store: try shared.store())
      try prepared.checkBestMetric()
      if trace {
        try show(ScheduleTraceText(prepared.recipe, prepared.schedule, steps: prepared.steps))
        return
      }
      let plan = try TrainingPlan(
        prepared, engine: try compute.open(recipe: prepared.recipe), output: output ?? "runs/\(prepared.recipe.name)")
      print(json ? planJSON(plan).compact() : planText(plan), terminator: json ? "\n" : "")
    }
  }

  private func show(_ text: ScheduleTraceText) throws {
    print(json ? text.json.compact() : text.text, terminator: json ? "\n" : "")
  }

  /// The recipe as its rule has it for assumed data; nil where nothing is assumed.
  private func assumedRecipe(_ written: Recipe) throws -> Recipe? {
    guard let assumeExamples else { return nil }
    let size = assumeSize.flatMap(imageSize) ?? ImageSize(height: 224, width: 224)
    var variant: String?
    if case .fresh(let model) = written.model { variant = model.architecture }
    return try written.following { RuleFacts(examples: assumeExamples, size: size, variant: variant) }
  }

  /// With assumed data, epochs are passes over the assumed number.
  private func steps(of recipe: Recipe, epoch: Int) -> Int {
    switch recipe.train.length {
    case .steps(let steps): return steps
    case .epochs(let epochs):
      let (steps, overflow) = epochs.multipliedReportingOverflow(by: epoch)
      return overflow ? Int.max : steps
    }
  }
}

/// `HxW`.
private func imageSize(_ text: String) -> ImageSize? {
  let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
  guard sides.count == 2, sides.allSatisfy({ (1...16384).contains($0) }) else { return nil }
  return ImageSize(height: sides[0], width: sides[1])
}
