import Testing
import ZooArchive

@Suite("Several tasks from a table")
struct SeveralTasksTests {
  private static let recipe = """
    model: tiny.tar
    name: several
    heads:
      colour: {plugin: linear, weights: new}
      marks: {plugin: multi-label, weights: new, options: {bias: 0}}
      shade: {plugin: regression, weights: new, options: {center: [0.8], scale: [0.1]}}
    tasks:
      colour: {train: {format: csv, path: train.csv, label: colour}}
      marks: {train: {format: csv, path: train.csv, label: marks}}
      shade: {train: {format: csv, path: train.csv, label: shade}}
    train: {steps: 40, batch: 6, optimizer: {kind: adamw, rate: 0.01}}

    """

  private func furnish() throws -> Workshop {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("recipe.yaml", Self.recipe)
    // Every kind of label is missing somewhere.
    try shop.write(
      "train.csv",
      """
      image,colour,marks,shade
      train/red/0.png,red,warm;dark,0.7
      train/red/1.png,,warm,0.8
      train/red/2.png,red,,0.9
      train/blue/0.png,blue,cold;dark,
      train/blue/1.png,blue,cold,0.8
      train/blue/2.png,,cold,0.9

      """)
    try shop.write(
      "test.csv",
      """
      image,site,colour,marks,shade
      test/red/0.png,north,red,warm;dark,0.7
      test/red/1.png,south,red,warm,0.8
      test/blue/0.png,north,blue,cold;dark,0.7
      test/blue/1.png,south,red,cold,0.8

      """)
    return shop
  }

  @Test func trainEvaluateAndPredict() throws {
    let shop = try furnish()
    try shop.done("finetune", "recipe.yaml")
    let model = "runs/several/model.tar"

    // All heads that the table has columns for, each by the groups; one image of the south has a wrong colour.
    let text = try shop.done(
      "evaluate", model, "--data", "{format: csv, path: test.csv, groups: [site]}", "--json")
    let all = try JSONValue(parsing: text, file: "out")
    #expect((0..<3).map { all[$0]?["head"]?.string } == ["colour", "marks", "shade"])
    #expect(all[0]?["top-1"]?.number == 0.75)
    #expect(all[0]?["confusion"] == [[1, 0], [1, 2]])
    #expect(all[1]?["mean-average-precision"]?.number == 1)
    #expect(try #require(all[2]?["mean-absolute-error"]?.number) < 0.1)
    let sites = all[0]?["groups"]?[0]
    #expect(sites?["column"]?.string == "site")
    #expect((0..<2).map { sites?["groups"]?[$0]?["group"]?.string } == ["north", "south"])
    #expect((0..<2).map { sites?["groups"]?[$0]?["top-1"]?.number } == [1, 0.5])
    #expect(sites?["worst"]?[0] == ["metric": "top-1", "group": "south", "value": 0.5, "gap": 0.5])

    // One head by its name.
    let one = try shop.done("evaluate", model, "--data", "test.csv", "--head", "shade")
    #expect(one.hasPrefix("mean-absolute-error 0.0"))
    #expect(one.hasSuffix("images 4\n"))

    let lines = try shop.done("predict", model, "test/red/0.png", "--json", "--top", "1").split(separator: "\n").map {
      try JSONValue(parsing: String($0), file: "out")
    }
    #expect(lines.map { $0["head"]?.string } == ["colour", "marks", "shade"])
    #expect(lines[0]["answers"]?[0]?["label"]?.string == "red")
    #expect(lines[1]["answers"]?[0]?["label"]?.string == "warm")
    #expect(try (0.6...0.8).contains(#require(lines[2]["values"]?["shade"]?.number)))
    let page = try shop.done("predict", model, "test/red/0.png", "--top", "1")
    #expect(page.contains("test/red/0.png [shade]\n  shade  0."))
  }

  @Test func aColumnThatIsNotWhatTheHeadLearnsFrom() throws {
    let shop = try furnish()
    #expect(
      try shop.refused(
        1, "finetune", "recipe.yaml", "--set", "heads.colour={plugin: regression, weights: new}")
        == "error: train.csv:2:17: 'red' is no number\n")
    #expect(
      try shop.refused(2, "finetune", "recipe.yaml", "--set", "heads.shade={plugin: linear, weights: new}") == """
        error: recipe.yaml:10:18: the head 'shade' learns from classes, but the column 'shade' holds numbers
           10 |   shade: {train: {format: csv, path: train.csv, label: shade}}
              |                  ^

        """)
  }
}
