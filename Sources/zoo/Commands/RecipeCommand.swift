import ArgumentParser
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooTrain

struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe", abstract: "Check, show and begin recipes; print their keys.",
    subcommands: [RecipeCheck.self, RecipeShow.self, RecipeNew.self, RecipeSchemaCommand.self])
}

/// A recipe and its overrides.
struct RecipeArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("The recipe.", valueName: "recipe.yaml"))
  var recipe: String
  @Option(name: .customLong("set"), help: ArgumentHelp("Override a value, such as train.steps=20.", valueName: "a.b=c"))
  var settings: [String] = []

  func load() throws -> Recipe { try Recipe.load(path: recipe, overrides: settings) }
}

struct RecipeCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check every key and value of a recipe.",
    discussion: "Plugins, the model and the data are looked at with --data alone.")

  @OptionGroup var source: RecipeArguments
  @Flag(help: "Open the model and the data too, and read the header of every image.")
  var data = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let recipe = try source.load()
      guard data else {
        print("\(recipe.path): a recipe")
        return
      }
      let prepared = try PreparedRecipe(recipe, plugins: shared.plugins(), store: try shared.store())
      try prepared.check()
      try prepared.checkBestMetric()
      let examples = prepared.tasks.map { "\($0.recipe.name) \(grouped($0.train.dataset.count))" }
      print("\(recipe.path): a recipe; model and data fit (examples: \(examples.joined(separator: ", ")))")
    }
  }
}

struct RecipeShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print a recipe with what it extends, the settings and its rule's values.")

  @OptionGroup var source: RecipeArguments
  @Flag(help: "Spell out the defaults, and end each line with the origin of its value.")
  var origin = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      var recipe = try source.load()
      // A rule's values depend on the data.
      if recipe.train.rule != nil {
        recipe = try PreparedRecipe(recipe, plugins: shared.plugins(), store: try shared.store()).recipe
      }
      print(origin ? recipe.textWithOrigins : recipe.resolvedText(origins: false), terminator: "")
    }
  }
}

struct RecipeNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a recipe to begin with, with comments.")

  @Option(help: "The rule that fills in the numbers.")
  var rule: RuleName?
  @Option(help: ArgumentHelp("The head's plugin.", valueName: "plugin"))
  var head = RecipeDefaults.headPlugin
  @Option(help: ArgumentHelp("What to start from.", valueName: "model"))
  var model = "vit-b16"
  @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "recipe.yaml"))
  var output: String

  func run() throws {
    try reporting {
      let text = try RecipeStarter(model: model, head: head, rule: rule).text(path: output)
      try writeNewFile(output, text)
      print("wrote \(output); next: edit it, then zoo plan \(output)")
    }
  }
}

extension RuleName: ExpressibleByArgument {}

struct RecipeSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print every key of a recipe (Recipes/SCHEMA.md).")

  @Flag(help: "As a JSON Schema for editors (Recipes/schema.json).")
  var json = false

  func run() { print(json ? RecipeSchema.json : RecipeSchema.page, terminator: "") }
}
