import FoundationEssentials
import Testing
import ZooArchive
import ZooEngine
import ZooTrain

@Suite("A recipe on the reference's tensors repeats its losses")
struct FixtureRecipeTests {
  @Test(arguments: Reference.all, engines) func tenSteps(
    _ reference: Reference, _ choice: ZooEngine.EngineChoice
  ) throws {
    let scratch = try Scratch()
    let want = try reference.floats("losses")
    let whole = try losses(reference, choice, scratch, output: "whole")
    let pieces = try losses(reference, choice, scratch, output: "pieces", ["train.micro-batch=3"])
    #expect([whole.count, pieces.count] == [10, 10])
    for step in 0..<10 {
      // Rounding grows where a rectifier or a pooling window changes its mind, which the residual network
      // does from its sixth step on, in PyTorch as well; until then all agree far more closely.
      let early = reference.kind == "vit" || step < 5
      #expect(abs(whole[step] - Double(want[step])) < (early ? 1e-5 : 1e-3), "step \(step + 1)")
      #expect(abs(pieces[step] - whole[step]) < (early ? 1e-5 : 1e-3), "step \(step + 1)")
    }
  }

  /// The losses that the log of a run holds.
  private func losses(
    _ reference: Reference, _ choice: ZooEngine.EngineChoice, _ scratch: Scratch, output: String,
    _ settings: [String] = []
  ) throws -> [Double] {
    try reference.model().write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    let prepared = try scratch.prepare(reference.recipe(model: "m.tar"), settings)
    try finetune(
      prepared, engine: Engine(choice, threads: 1), output: scratch.file(output), evaluator: NoEvaluator(),
      report: { _ in })
    let text = String(decoding: try scratch.bytes(output + "/metrics.jsonl"), as: UTF8.self)
    return try text.split(separator: "\n").enumerated().map { index, line in
      let object = try #require(try JSONValue(parsing: String(line), file: "metrics").object)
      #expect(object["step"]?.int == Int64(index + 1))
      #expect(object["lr"]?.number == 0.01)
      return try #require(object["loss"]?.number)
    }
  }
}
