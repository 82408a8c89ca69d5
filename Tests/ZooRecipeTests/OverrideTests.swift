import Testing
import ZooRecipe

/// The setting, what is said about it, the column of the caret, and the hint beside it.
private let mistakes: [(String, String, Int, String)] = [
  ("train.steps=x", "'train.steps' must be a whole number from 1 to 1000000000, not the text 'x'", 13, ""),
  (
    "engin=auto", "unknown key 'engin'", 1,
    " did you mean 'engine'? known here: extends, model, name, input, transform, heads, tasks, train, engine, precision, threads"
  ),
  ("train.optimizer.momentun=1", "unknown key 'momentun'", 17, " did you mean 'momentum'?"),
  (
    "train.optimizer={rate: 1, momentun: 1}", "unknown key 'momentun'", 27, " did you mean 'momentum'?"
  ),
  ("train.steps", "there is no '='", 1, " write --set key.key=value, for example --set train.steps=100"),
  (
    "train..steps=1", "a key before '=' is empty", 1,
    " write --set key.key=value, for example --set train.steps=100"
  ),
  (
    "model.seed=1", "'model' is the text 'vit-b16' (recipe.yaml:1:8), so nothing inside it can be set", 7, ""
  ),
  (
    "train.steps=[1",
    "not YAML: what begins here does not end: did not find expected ',' or ']' (while parsing a flow sequence)",
    13, ""
  ),
  ("name=#1", "the value is only a comment", 6, " quote a text that begins with '#'"),
  ("extends=x.yaml", "'extends' cannot be set on the command line", 1, ""),
  (
    "train.steps=*a", "aliases are not supported ('*a')", 13, " write the value out, or quote the text"
  ),
]

@Suite("--set")
struct OverrideTests {
  @Test(arguments: mistakes) func mistakesShowTheSetting(
    _ setting: String, _ says: String, _ column: Int, _ hint: String
  ) throws {
    let caret = String(repeating: " ", count: column - 1) + "^"
    let text = failure(minimal, [setting])
    #expect(
      text.hasPrefix("--set \(setting): \(says)\n --set | \(setting)\n       | \(caret)\(hint)"), "\(text)")
    if hint.isEmpty { #expect(text.hasSuffix("^")) }
  }

  @Test func laterOnesWinAndMissingMappingsAreMade() throws {
    let recipe = try recipe(
      minimal, ["train.schedule.kind=cosine", "train.schedule.warmup=3", "train.schedule.warmup=4"])
    #expect(recipe.train.schedule == ScheduleSettings(kind: .cosine, warmup: 4))
  }

  @Test func valuesAreYAML() throws {
    let recipe = try recipe(
      minimal,
      [
        "model={architecture: bit, options: {units: [1, 2]}}", "heads.label.labels=[a, 'b=c']", "name='1'",
        "train.optimizer.rate=3e-3",
      ])
    guard case .fresh(let model) = recipe.model else {
      Issue.record("not a fresh model")
      return
    }
    #expect(model.architecture == "bit")
    #expect(model.options.json() == #"{"units":[1,2]}"#)
    #expect(recipe.heads[0].labels == .names(["a", "b=c"]))
    #expect(recipe.name == "1")
    #expect(recipe.train.optimizer.rate == 0.003)
  }

  @Test func endlessPathsAreRefused() throws {
    let keys = [String](repeating: "a", count: 100_000).joined(separator: ".")
    #expect(failure(minimal, [keys + "=1"]).contains("more than 16 keys before '='"))
  }
}
