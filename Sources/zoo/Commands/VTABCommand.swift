import ArgumentParser
import FoundationEssentials
import ZooAlgebra
import ZooEngine
import ZooEvaluate
import ZooHost
import ZooRecipe
import ZooReport
import ZooTrain

struct VTAB: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vtab", abstract: "Transfer a model to every task of a suite, VTAB-1k where none is named.",
    discussion: """
      Data lie in one folder for each data set under --data; Zoo/suites/README.md says how. Tasks whose data are not there are \
      named as absent, and a score is given only where all are there.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Option(name: .customLong("data"), help: ArgumentHelp("The folder that holds the data sets.", valueName: "root"))
  var root: String
  @Option(help: ArgumentHelp("A suite by name, or its file.", valueName: "suite"))
  var suite = "vtab-1k"
  @Option(
    name: .customLong("by"),
    help: ArgumentHelp(
      "How tasks are learnt: \(SuiteMethod.allCases.map(\.rawValue).joined(separator: ", ")) (default: the rule of the "
        + "model's backbone).", valueName: "method"))
  var method: SuiteMethod?
  @Option(help: ArgumentHelp("Only these tasks.", valueName: "a,b"))
  var tasks: String?
  @Option(help: ArgumentHelp("Trainings of each task, whose median counts (default: the suite's).", valueName: "n"))
  var runs: Int?
  @Option(name: .customLong("set"), help: ArgumentHelp("Override a value of the rule.", valueName: "a.b=c"))
  var settings: [String] = []
  @Flag(help: "Deal out the training labels anew: what is more than chance then is not honest.")
  var shuffleLabels = false
  @OptionGroup var kept: ResultOptions
  @OptionGroup var features: FeatureOptions
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard runs.map({ $0 > 0 }) ?? true else { throw ValidationError("--runs must be at least 1") }
  }

  func run() throws {
    try reporting {
      try kept.check()
      let suite = try Suite.load(path: try suiteFile(suite))
      let opened = try shared.open(model)
      let (engine, store) = (try compute.open(), try shared.store())
      let method = self.method ?? (opened.config.architecture == "vit" ? .vit : .bit)
      var run = SuiteRun(
        suite, root: root.hasSuffix("/") && root.count > 1 ? String(root.dropLast()) : root, model: opened,
        reference: model, method: method, plugins: shared.plugins(), store: store, engine: engine,
        algebra: try Algebra(threads: compute.threads))
      run.only = tasks.map { $0.split(separator: ",").map(String.init) }
      (run.runs, run.settings, run.shufflesLabels) = (runs, settings, shuffleLabels)
      let pass = method.usesFeatures ? try features.pass(opened, engine: engine) : nil
      let results = try run.run { dataset, data, name in
        guard let pass else { throw EvaluateError.nothingToLearn }
        return try features.rows(pass, dataset, of: data, name, store: store)
      } each: {
        printError(SuiteText.line($0))
      }
      try kept.give(results.json, text: SuiteText.table(results))
      // Nothing measured is no success.
      if results.results.isEmpty { throw ExitCode(1) }
    }
  }

  /// The file of a suite that is named by its path, or lies among those that ship.
  private func suiteFile(_ name: String) throws -> String {
    if name.contains("/") || name.hasSuffix(".yaml") { return name }
    let folders = CardSearch.directories(explicit: [], environment: [:]).map {
      String($0.dropLast("cards".count)) + "suites"
    }
    let files = folders.map { "\($0)/\(name).yaml" }
    if let file = files.first(where: { FileManager.default.fileExists(atPath: $0) }) { return file }
    let known = Set(
      folders.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
        .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }
    ).sorted()
    let hint = suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
    throw TrainError.unknownName(
      "suite '\(name)'",
      "there is none of this name; " + (hint ?? (known.isEmpty ? "none ships here" : "there are \(known.joined(separator: ", "))")))
  }
}

extension SuiteMethod: ExpressibleByArgument {}
