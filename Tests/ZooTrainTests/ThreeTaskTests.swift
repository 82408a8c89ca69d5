import FoundationEssentials
import Testing
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooTrain

/// `Recipes/digits-traits.yaml`: a class, several labels and a number on one trunk, each missing from many images.
@Suite("Three tasks on one trunk")
struct ThreeTaskTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The recipe on the first images of each part, unpacked, and a few steps.
  private func prepare(_ scratch: Scratch, images: Int = 60) throws -> PreparedRecipe {
    let table = try String(contentsOfFile: Self.root + "/Zoo/data/digits-traits.csv", encoding: .utf8)
    let lines = table.split(separator: "\n").map(String.init)
    var kept = [lines[0]]
    for part in ["train", "test"] {
      let tar = try TarIndex(Self.root + "/Zoo/data/digits-\(part).tar")
      for line in lines.dropFirst().filter({ $0.contains(",\(part),") }).prefix(images) {
        kept.append(line)
        let name = String(line.prefix { $0 != "," })
        let url = URL(filePath: scratch.file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let member = try tar.required(name.replacing("digits/\(part)/", with: ""))
        try Data(tar.bytes(of: member)).write(to: url)
      }
    }
    try scratch.write("traits.csv", kept.joined(separator: "\n") + "\n")
    var settings = ["model=\(Self.root)/Zoo/glyph-bit.tar", "train.steps=30", "train.batch=24", "threads=1"]
    for task in ["digit", "traits", "ink"] {
      for use in ["train", "evaluate"] { settings.append("tasks.\(task).\(use).path=\(scratch.file("traits.csv"))") }
    }
    return try PreparedRecipe(
      Recipe.load(path: Self.root + "/Recipes/digits-traits.yaml", overrides: settings), plugins: plugins,
      store: scratch.store)
  }

  @Test func trainsAndPredictsAllThree() throws {
    let scratch = try Scratch()
    let prepared = try prepare(scratch)
    // One data set for all: an image is read and computed once.
    #expect(prepared.groups.map(\.tasks) == [[0, 1, 2]])
    #expect(prepared.model.heads.map(\.config.target) == ["class", "multi-label", "vector"])
    #expect(prepared.model.heads[1].labels == ["even", "loop", "odd", "straight"])
    #expect(prepared.model.heads[2].labels == ["ink"])
    let data = prepared.groups[0].dataset
    for column in 0..<3 {
      let missing = (0..<data.count).count { data.value(at: $0, column: column) == .missing }
      #expect(missing > 10 && missing < 30, "column \(column)")
    }

    let engine = try Engine(threads: 1)
    let evaluator = RecipeEvaluator(prepared, engine: engine)
    let before = try evaluator.evaluate(prepared.model)
    var losses: [Double] = []
    try finetune(prepared, engine: engine, output: scratch.file("run"), evaluator: evaluator) { event in
      if case .step(_, _, let loss, _, _) = event { losses.append(loss) }
    }
    #expect(losses.count == 30)
    let (first, last) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
    #expect(last < first / 2)
    // Every task did, not only their sum.
    let after = evaluator.results.map { $0.result.values }
    func value(_ values: [(name: String, value: Double)], _ name: String) throws -> Double {
      try #require(values.first { $0.name == name }).value
    }
    #expect(try value(after[0], "top-1") > 0.5)
    #expect(try value(after[1], "mean-average-precision") > value(before[1].values, "mean-average-precision") + 0.1)
    #expect(try value(after[2], "mean-absolute-error") < 0.08)
    for head in ["digit", "traits", "ink"] {
      #expect(try prepared.model.store.values("heads.\(head).weight").contains { $0 != 0 })
    }
    for values in after { #expect(try value(values, "images") == 60) }
    // Every metric by the hand that wrote, too; the few images of this test are of one or two.
    let report = try #require(evaluator.results[0].result.groups.first)
    #expect(report.column == "hand" && !report.groups.isEmpty)

    let model = try Model.open(scratch.file("run/model.tar"), plugins: plugins)
    #expect(model.heads.map(\.name) == ["digit", "traits", "ink"])
    var predictions: [Prediction] = []
    try predict([data.place(at: 3)], with: model, engine: engine, top: 2) { predictions.append($0) }
    #expect(predictions.map(\.head) == ["digit", "traits", "ink"])
    #expect(predictions.map(\.answers.count) == [2, 2, 0])
    guard case .numbers(let numbers)? = predictions[2].readings.first?.reading else {
      Issue.record("the third head says no number")
      return
    }
    #expect(numbers.map(\.name) == ["ink"])
    #expect((0.1...0.6).contains(numbers[0].value))
  }

  /// An image without any label changes nothing but its share of the batch's work.
  @Test func missingLabelsGiveNoGradient() throws {
    let scratch = try Scratch()
    let prepared = try prepare(scratch, images: 12)
    let model = prepared.model
    let program = try TrainingProgram(
      model, heads: ["digit", "traits", "ink"], engine: Engine(threads: 1), microBatch: 4)
    let size = model.config.input
    let images = noise(4 * size.height * size.width * 3, seed: 3)
    typealias Targets = TrainingProgram.Targets
    func run(_ ink: [Float], _ digit: [Int32], _ traits: [Float]) throws -> [[Float]] {
      let (_, block) = try program.run(
        images: images, count: 4,
        targets: [
          Targets(labels: digit, weights: [0.5, 0, 0.5, 0]),
          Targets(.values(traits, width: 4), weights: [1, 0, 0, 0]),
          Targets(.values(ink, width: 1), weights: [0.5, 0.5, 0, 0]),
        ])
      return model.store.entries.map { block.values($0) }
    }
    let traits: [Float] = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let gradients = try run([0.3, 0.2, 0, 0], [4, -1, 2, -1], traits)
    // What stands where nothing is known is never looked at.
    let others = try run([0.3, 0.2, 9, -7], [4, 1, 2, 0], traits.prefix(8) + [1, 1, 1, 1, 1, 1, 1, 1])
    #expect(gradients == others)
    #expect(gradients.allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(gradients.contains { $0.contains { $0 != 0 } })
  }
}
