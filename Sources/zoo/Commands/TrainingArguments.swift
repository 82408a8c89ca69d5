import ArgumentParser
import ZooArchive
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooTrain

/// What commands that train are given, and the run.
struct TrainingArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("The recipe.", valueName: "recipe.yaml"))
  var recipe: String
  @Option(name: .customLong("set"), help: ArgumentHelp("Override a value, such as train.steps=20.", valueName: "a.b=c"))
  var settings: [String] = []
  @Option(name: [.short, .long], help: ArgumentHelp("Where to write (default: runs/NAME).", valueName: "folder"))
  var output: String?
  @Flag(help: "Replace a run that the folder already holds.")
  var overwrite = false
  @Flag(help: "Go on with the interrupted run that the folder holds, to the same result.")
  var resume = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    if overwrite, resume { throw ValidationError("--overwrite and --resume exclude each other") }
  }

  /// - Parameter check: of the recipe as read, before anything is opened.
  func train(_ check: (Recipe) throws -> Void = { _ in }) throws {
    try reporting {
      let recipe = try Recipe.load(path: recipe, overrides: settings)
      try check(recipe)
      let prepared = try PreparedRecipe(recipe, plugins: shared.plugins(), store: try shared.store())
      try prepared.checkBestMetric()
      let warmup = prepared.recipe.train.schedule.warmup
      if warmup >= prepared.steps {
        printError("note: the warm-up of \(warmup) steps is not over after all \(prepared.steps)")
      }
      let engine = try compute.open(recipe: recipe)
      var progress = Progress()
      let evaluator = RecipeEvaluator(prepared, engine: engine)
      let folder = output ?? "runs/\(recipe.name)"
      defer { tellSkipped(prepared) }
      for head in prepared.droppedHeads { printError("note: the model's head '\(head)' is not used and not kept") }
      var reporter = RunReporter(prepared, folder: folder)
      var program: ProgramPlan?
      let stop = StopSignals()
      defer { stop.restore() }
      do {
        try finetune(
          prepared, engine: engine, output: folder, overwrite: overwrite, resume: resume,
          evaluator: evaluator, stopped: { stop.received != nil }
        ) { event in
          tell(event, engine, &progress)
          if case .started(_, _, _, _, let plan) = event { program = plan }
          // What people look at must not end a run.
          if case .started = event {} else { try? reporter.update() }
        }
      } catch {
        progress.close()
        reporter.discard()
        try? reporter.update(now: true)
        guard case TrainError.interrupted = error, let signal = stop.received else { throw error }
        // As a shell reports a program that the signal ended.
        printError("\(error)")
        throw ExitCode(128 + signal)
      }
      try reporter.update(now: true)
      print("wrote \(try reporter.writePage(engine: engine.version, program: program, details: evaluator.details))")
    }
  }

  private func tell(_ event: TrainingEvent, _ engine: Engine, _ progress: inout Progress) {
    switch event {
    case .started(let done, let steps, let batch, let microBatch, let plan):
      progress = Progress(after: done)
      if resume {
        printError(
          done > 0 ? "going on after step \(done)" : "note: the run had come to no checkpoint; it begins again")
      }
      let pieces = microBatch < batch ? " in micro-batches of \(microBatch)" : ""
      printError(
        "\(steps) steps of \(batch)\(pieces), \(engine.version), \(engine.threads) threads, "
          + "\(bytesText(plan.arenaBytes)) of activations")
    case .features(let done, let all): progress.features(done, of: all)
    case .step(let number, let steps, let loss, let rate, let speed):
      progress.step(number, of: steps, loss: loss, rate: rate, imagesPerSecond: speed)
    case .evaluated(let step, let task, let values):
      progress.close()
      print("step \(step), \(task): " + values.map { "\($0.name) \(valueText($0))" }.joined(separator: "  "))
    case .keptBest(let step, let path):
      progress.close()
      print("the best so far, step \(step): wrote \(path)")
    case .stoppedEarly(let step, let best):
      progress.close()
      print("stopped early after step \(step): nothing better since step \(best)")
    case .wrote(let path):
      progress.close()
      print("wrote \(path)")
    }
  }
}

/// A measured value as people read it: shares in percent, counts whole.
func valueText(_ item: (name: String, value: Double)) -> String {
  if item.name == "images" { return fixed(item.value, 0) }
  return isShare(item.name) ? fixed(item.value * 100, 2) + " %" : fixed(item.value, 4)
}
