import FoundationEssentials
import Testing
import ZooRecipe

/// Recipes that ship and are no trainings.
@Suite struct ShippedTests {
  private let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path + "/Recipes"

  @Test func annotationRecipes() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("annotate-") }
    #expect(!names.isEmpty)
    for name in names { #expect(try !AnnotationRecipe.load(path: "\(folder)/\(name)").signals.isEmpty) }
  }

  /// Every study with the recipes that it names, under all settings of its variants.
  @Test func studies() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/studies").filter { $0.hasSuffix(".yaml") }
    #expect(names.count >= 4)
    for name in names {
      let study = try StudyRecipe.load(path: "\(folder)/studies/\(name)")
      for variant in study.axes.flatMap(\.variants) {
        if let upstream = study.upstream {
          _ = try Recipe.load(path: upstream.recipe.resolved(), overrides: upstream.settings + variant.upstream)
        }
        let settings = study.downstream.settings + variant.downstream
        _ = try Recipe.load(path: study.downstream.recipe.resolved(), overrides: settings)
      }
    }
  }

  @Test(arguments: [
    ("axes: {a: []}", "study.yaml:2:7: 'axes' needs at least one axis, each with at least one variant"),
    ("axes: {a: [{name: x}]}\nplot: {x: b}", "study.yaml:3:11: 'plot.x' must be one of a, not the text 'b'"),
    ("axes: {a: [{name: x, search: {over: [{values: [a=1], low: 2}]}}]}", "study.yaml:2:54: 'low'"),
    ("axes: {a: [{name: x, search: {over: [{key: a, low: 2, high: 1}]}}]}", "needs a value of at least 2.0"),
    ("axes: {a: [{nam: x}]}", "study.yaml:2:13: unknown key 'nam'"),
  ])
  func wrongStudies(_ text: String, _ message: String) throws {
    let written = "title: t\n" + text + "\ndownstream: {recipe: r.yaml}"
    #expect { try StudyRecipe(bytes: Array(written.utf8), path: "study.yaml") } throws: { "\($0)".contains(message) }
  }
}
