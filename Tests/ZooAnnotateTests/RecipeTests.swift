import FoundationEssentials
import Testing
import ZooAnnotate
import ZooRecipe

@Suite("Annotation recipes")
struct RecipeTests {
  private func said(_ yaml: String) -> String {
    do {
      _ = try AnnotationRecipe(bytes: Array(yaml.utf8), path: "recipe.yaml")
      return "nothing"
    } catch { return "\(error)".split(separator: "\n").first.map(String.init) ?? "" }
  }

  private let base = "input: {format: jsonl, path: a.jsonl}\nsignals: {title: }\n"

  @Test func defaultsAreThoseOfTheDescription() throws {
    let recipe = try AnnotationRecipe(bytes: Array(base.utf8), path: "recipe.yaml")
    #expect(recipe.text.words == 6)
    #expect(recipe.signals.map(\.field) == ["title"])
    #expect(recipe.signals.map(\.trust) == [0.5])
    #expect(recipe.scores.weights.count == 8)
    #expect(recipe.dictionary.nested)
  }

  @Test func mistakesHaveAPlace() {
    #expect(said("input: {format: jsonl, path: a}\n") == "recipe.yaml:1:1: 'signals' is missing")
    #expect(said(base + "scores: {treshold: 0.5}") == "recipe.yaml:3:10: unknown key 'treshold'")
    #expect(said(base + "text: {words: 7}") == "recipe.yaml:3:15: 'text.words' must be a whole number from 1 to 6, not the number 7")
    #expect(said(base + "counting: {columns: 1000}") == "recipe.yaml:3:21: 'counting.columns' must be a power of two, not the number 1000")
    #expect(said(base + "scores: {precision: 0.9}") == "recipe.yaml:3:10: 'scores.precision' needs a 'sample' to measure it on")
    #expect(said(base + "language: {keep: [en]}") == "recipe.yaml:3:12: 'language.keep' needs 'field' or 'profiles' to tell languages by")
    #expect(said(base + "sampling: {cap: 3}") == "recipe.yaml:3:12: 'cap' belongs to 'method: capped', but here it is 'all'")
    #expect(said("input: {format: jsonl, path: a}\nsignals: {}\n") == "recipe.yaml:2:10: 'signals' needs at least one text")
  }

  @Test func theCommittedPageIsWhatTheCodeSays() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try Data(contentsOf: root.appending(path: "Recipes/ANNOTATE-KEYS.md"))
    #expect(String(decoding: page, as: UTF8.self) == AnnotationRecipe.schemaPage, "run 'make schema'")
  }

  @Test func theShippedRecipeIsOne() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let recipe = try AnnotationRecipe.load(path: root.appending(path: "Recipes/annotate-corpus.yaml").path)
    #expect(recipe.signals.count == 5)
  }

  @Test func missingFilesPointIntoTheRecipe() throws {
    let desk = try Desk()
    let error = #expect(throws: RecipeError.self) { try AnnotationJob(try desk.recipe(base)) }
    #expect(error?.location.line == 1)
  }
}
