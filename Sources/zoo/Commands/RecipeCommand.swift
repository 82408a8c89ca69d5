import ArgumentParser
import ZooRecipe

struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe", abstract: "Check, show and begin recipes; print their keys.", subcommands: [RecipeSchemaCommand.self])
}

struct RecipeSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print every key of a recipe (Recipes/SCHEMA.md).")

  @Flag(help: "As a JSON Schema for editors (Recipes/schema.json).")
  var json = false

  func run() { print(json ? RecipeSchema.json : RecipeSchema.page, terminator: "") }
}
