import FoundationEssentials
import Testing
import ZooArchive

@Suite("A run that is killed or stopped")
struct ResumeTests {
  private let recipe = """
    model: tiny.tar
    heads:
      colour: {plugin: linear, weights: new}
    tasks:
      colour:
        train: {format: folder, path: train}
        evaluate: {format: folder, path: test}
    train:
      steps: 60
      batch: 4
      optimizer: {kind: adamw, rate: 0.01, weight-decay: 0.05}
      schedule: {kind: cosine, warmup: 5}
      average: {decay: 0.9}
      evaluate-every: 20
      checkpoint-every: 3

    """

  /// How often the run is killed: a few times among the tests, ZOO_KILLS times where somebody asks for more.
  private static let kills = ProcessInfo.processInfo.environment["ZOO_KILLS"].flatMap { Int($0) } ?? 5

  /// Killed anywhere, before its first step or while it writes, it goes on to the same bytes.
  @Test func killedAnywhere() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("recipe.yaml", recipe)
    let start = ContinuousClock.now
    try shop.done("finetune", "recipe.yaml", "--threads", "1", "--output", "whole")
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let whole = try shop.bytes("whole/model.tar")
    let steps = try steps(shop.text("whole/metrics.jsonl"))
    for kill in 0..<Self.kills {
      let output = "killed-\(kill)"
      let finetune = ["finetune", "recipe.yaml", "--threads", "1", "--output", output]
      var rounds = 0
      var outcome = try killed(shop, finetune, seconds)
      // It may have been too early for anything, or too late.
      while outcome.code == 137, rounds < 2 {
        let held = shop.files().contains(output + "/metrics.jsonl")
        outcome = try killed(shop, held ? finetune + ["--resume"] : finetune, seconds)
        rounds += 1
      }
      if outcome.code == 137 {
        let held = shop.files().contains(output + "/metrics.jsonl")
        outcome = try shop.zoo(held ? finetune + ["--resume"] : finetune)
      }
      // A kill between the model and the last evaluation leaves a model and nothing to go on with.
      #expect(outcome.code == 0 || outcome.errors.hasSuffix("holds no unfinished run to resume\n"), "\(outcome.errors)")
      #expect(try shop.bytes(output + "/model.tar") == whole)
      #expect(try self.steps(shop.text(output + "/metrics.jsonl")).starts(with: steps.dropLast()))
      // The page and the event file come after the run; a late kill leaves neither.
      let left = shop.files().filter { $0.hasPrefix(output + "/") && !$0.contains(".tfevents") }
      #expect(left.filter { !$0.contains("report.html") } == [output + "/metrics.jsonl", output + "/model.tar"])
    }
  }

  private func killed(_ shop: Workshop, _ arguments: [String], _ seconds: Double) throws -> Outcome {
    let moment = Double.random(in: 0.02...1) * seconds
    return try shop.zoo(
      arguments, through: ["timeout", "--foreground", "--preserve-status", "-s", "KILL", "\(moment)"])
  }

  /// Step and loss of each line, and which lines are evaluations.
  private func steps(_ log: String) throws -> [String] {
    try log.split(separator: "\n").map {
      let line = try JSONValue(parsing: String($0), file: "metrics.jsonl")
      return "\(line["step"]?.int ?? -1) \(line["loss"]?.number ?? -1) \(line["evaluation"]?.compact() ?? "")"
    }
  }

  /// After the signal it writes a checkpoint, says how to go on, and exits as a shell reports that signal.
  @Test(arguments: [("TERM", 143), ("INT", 130)])
  func stoppedByASignal(_ signal: String, _ code: Int32) throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("recipe.yaml", recipe)
    let arguments = ["finetune", "recipe.yaml", "--set", "train.steps=1000000", "--output", "run"]
    // A shell gives programs in the background no SIGINT of the keyboard; a plain kill reaches them.
    let script = """
      "$@" & program=$!
      while [ ! -s run/metrics.jsonl ] && kill -0 $program; do sleep 0.02; done
      kill -\(signal) $program
      wait $program
      """
    let outcome = try shop.zoo(arguments, through: ["sh", "-c", script, "sh"])
    #expect(outcome.code == code)
    let last = outcome.errors.split(separator: "\n").last.map(String.init) ?? ""
    #expect(last.hasPrefix("stopped after step "))
    #expect(last.hasSuffix(" by a signal; the same command with --resume goes on from there"))
    #expect(shop.files().contains("run/checkpoint/state.safetensors"))
    #expect(!shop.files().contains("run/model.tar"))
  }

  @Test func resumingAndOverwritingExcludeEachOther() throws {
    let shop = try Workshop()
    try shop.furnish()
    #expect(
      try shop.refused(2, "finetune", "recipe.yaml", "--resume", "--overwrite").hasPrefix(
        "error: --overwrite and --resume exclude each other\n"))
    #expect(
      try shop.refused(1, "finetune", "recipe.yaml", "--resume", "--output", "none")
        == "error: none: holds no unfinished run to resume\n")
  }
}
