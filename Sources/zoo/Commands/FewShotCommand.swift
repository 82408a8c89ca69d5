import ArgumentParser
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooTrain

struct FewShot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "few-shot",
    abstract: "Learn a recipe's task from few labels: transferred, from nothing, and by nearest neighbour.")

  @Argument(help: ArgumentHelp("A recipe with one task that has evaluation data.", valueName: "recipe.yaml"))
  var recipe: String
  @Option(help: ArgumentHelp("Labelled examples of each class.", valueName: "1,5,10"))
  var shots = "1,5,10"
  @Option(help: "Random subsets for each number of shots; the median is shown.")
  var subsets = 3
  @Option(name: .customLong("set"), help: ArgumentHelp("Override a value of the recipe.", valueName: "a.b=c"))
  var settings: [String] = []
  @Option(
    name: .customLong("scratch-set"),
    help: ArgumentHelp("Override a value for training from nothing.", valueName: "a.b=c"))
  var scratchSettings: [String] = []
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  private var counts: [Int] { shots.split(separator: ",").map { Int($0) ?? 0 } }

  func validate() throws {
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 0 }), subsets > 0 else {
      throw ValidationError("--shots takes numbers such as 1,5,10, and --subsets at least 1")
    }
  }

  func run() throws {
    try reporting {
      let engine = try compute.open(recipe: try Recipe.load(path: recipe, overrides: settings))
      let results = try fewShot(
        recipe: recipe, overrides: settings, shots: counts, subsets: subsets, scratchSettings: scratchSettings,
        plugins: shared.plugins(), store: try shared.store(), engine: engine
      ) { shots, subset, method, accuracy in
        printError("\(shots) per class, subset \(subset): \(method) \(fixed(accuracy * 100, 1)) %")
      }
      let columns = ["labels per class", "transferred", "from nothing", "nearest neighbour on pixels"]
      print(columns.joined(separator: "  "))
      for result in results {
        let values = [result.transferred, result.scratch, result.neighbour].map(FewShotResult.median)
        let texts = ["\(result.shots)"] + values.map { fixed($0 * 100, 1) + " %" }
        print(zip(columns, texts).map { padded($1, $0.count, right: true) }.joined(separator: "  "))
      }
      print("median accuracy over \(subsets) subset\(subsets == 1 ? "" : "s"), the same for all methods")
    }
  }
}
