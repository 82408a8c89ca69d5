import Testing
import ZooArchive
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooTrain

@Suite("Tasks on arrays")
struct TensorTaskTests {
  private func recipe(_ head: String, classes: Int) -> String {
    """
    model: {architecture: vit, options: {width: 16, depth: 1, heads: 2, mlp: 32, patch: 8, image: 16}}
    heads: {label: {plugin: \(head)}}
    tasks:
      label:
        train: {format: tensors, x: x.npy, labels: rows.npy, classes: \(classes)}
        evaluate: {format: tensors, x: x.npy, labels: rows.npy, classes: \(classes)}
    train: {steps: 2, batch: 3}

    """
  }

  private func metrics(_ prepared: PreparedRecipe) throws -> [String: Double] {
    let engine = try Engine(.auto, threads: 1)
    try trainInMemory(prepared, engine: engine)
    let result = try #require(RecipeEvaluator(prepared, engine: engine).evaluate(prepared.model).first)
    return Dictionary(uniqueKeysWithValues: result.values.map { ($0.name, $0.value) })
  }

  /// A row of [N, 2] is several labels for a head that learns those, a vector for one that learns numbers.
  @Test func rowsAreWhatTheHeadLearnsFrom() throws {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2], size: 16)
    try NpyArray.write(path: scratch.file("rows.npy"), floats: [1, 0, 0, 1, .nan, .nan], shape: [3, 2])
    let several = try metrics(scratch.prepare(recipe("multi-label", classes: 2)))
    #expect(several["images"] == 2 && several["mean-average-precision"] != nil)
    let numbers = try metrics(scratch.prepare(recipe("regression", classes: 2)))
    #expect(numbers["images"] == 2 && numbers["mean-absolute-error"]?.isFinite == true)
    #expect(
      scratch.failure { _ = try scratch.prepare(recipe("regression", classes: 3)) }
        == "rows.npy: has 2 numbers for each image, but the recipe says 3 classes")
  }

  @Test func aMissingClassTeachesNothing() throws {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, -1, 2], size: 16)
    try NpyArray.write(path: scratch.file("rows.npy"), int64s: [0, -1, 2], shape: [3])
    #expect(try metrics(scratch.prepare(recipe("linear", classes: 3)))["images"] == 2)
  }
}
