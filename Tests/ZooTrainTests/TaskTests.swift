import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

@Suite("Several tasks on one trunk")
struct TaskTests {
  private let recipe = """
    model: \(tinyVit)
    heads: {a: {plugin: linear, weights: new}, b: {plugin: linear, weights: new}}
    tasks:
      a: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
      b: {weight: 0.5, train: {format: tensors, x: y.npy, labels: y-labels.npy, classes: 4}}
    train: {steps: 4, batch: 5, optimizer: {rate: 0.1}}

    """

  private func prepare(_ overrides: [String] = []) throws -> (Scratch, PreparedRecipe) {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1], size: 16, seed: 1)
    try scratch.tensors("y", labels: [3, 1, 2, 0, 0, 1], size: 16, seed: 2)
    return (scratch, try scratch.prepare(recipe, overrides))
  }

  /// An example with weight 0 for a head leaves that head alone: gradients of a joint batch are the
  /// sum of each task's.
  @Test func eachHeadLearnsFromItsOwnDataAlone() throws {
    let (_, prepared) = try prepare()
    let model = prepared.model
    for name in ["heads.a.weight", "heads.b.weight"] {
      let count = try model.store.values(name).count
      try model.store.set(name, noise(count, seed: count))
    }
    let program = try TrainingProgram(model, heads: ["a", "b"], engine: Engine(threads: 1), microBatch: 5)
    let images = noise(5 * 16 * 16 * 3, seed: 3)
    let a = TrainingProgram.Targets(labels: [0, 1, 2, -1, -1], weights: [0.2, 0.3, 0.5, 0, 0])
    let b = TrainingProgram.Targets(labels: [-1, -1, -1, 3, 1], weights: [0, 0, 0, 0.5, 0.5])
    let none = TrainingProgram.Targets(labels: [-1, -1, -1, -1, -1], weights: [0, 0, 0, 0, 0])

    func run(_ targets: [TrainingProgram.Targets]) throws -> (losses: [Double], gradients: [[Float]]) {
      let (losses, block) = try program.run(images: images, count: 5, targets: targets)
      return (losses, model.store.entries.map { block.values($0) })
    }
    let joint = try run([a, b])
    let (onlyA, onlyB) = (try run([a, none]), try run([none, b]))
    #expect(joint.losses == [onlyA.losses[0], onlyB.losses[1]])
    #expect([onlyA.losses[1], onlyB.losses[0]] == [0, 0])
    for (index, entry) in model.store.entries.enumerated() {
      let sum = zip(onlyA.gradients[index], onlyB.gradients[index]).map { $0 + $1 }
      #expect(relative(joint.gradients[index], sum) < 1e-5, "\(entry.spec.name)")
      let silent = entry.spec.name.hasPrefix("heads.b.") ? onlyA : onlyB
      if entry.spec.name.hasPrefix("heads.") {
        #expect(silent.gradients[index].allSatisfy { $0 == 0 } || entry.spec.name.hasPrefix("heads.a."))
      }
    }
    let trunk = try #require(model.store.entries.firstIndex { !$0.spec.name.hasPrefix("heads.") })
    #expect(onlyA.gradients[trunk].contains { $0 != 0 } && onlyB.gradients[trunk].contains { $0 != 0 })
  }

  @Test func bothHeadsLearnAndComeOut() throws {
    let (scratch, prepared) = try prepare()
    try finetune(
      prepared, engine: Engine(threads: 1), output: scratch.file("run"), evaluator: NoEvaluator(),
      report: { _ in })
    let model = try Model.open(scratch.file("run/model.tar"), plugins: plugins)
    #expect(model.heads.map(\.name) == ["a", "b"])
    #expect(model.heads.map(\.classes) == [3, 4])
    for name in ["heads.a.weight", "heads.b.weight"] {
      #expect(try model.store.values(name).contains { $0 != 0 })
    }
    #expect(
      scratch.failure { _ = try model.onlyHead() } == "recipe: has 2 heads (a, b); name one")
  }

  /// Tasks that have the same images learn from each image in one pass, whatever their labels are.
  @Test func sameImagesAreShared() throws {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1], size: 16, seed: 1)
    try NpyArray.write(path: scratch.file("other.npy"), int64s: [1, 1, 0, 0], shape: [4])
    try scratch.tensors("y", labels: [3, 1, 2, 0, 0, 1], size: 16, seed: 2)
    let shared = recipe.replacing(
      "tasks:\n",
      with: "tasks:\n  c: {head: c, train: {format: tensors, x: x.npy, labels: other.npy, classes: 2}}\n"
    ).replacing("heads: {", with: "heads: {c: {plugin: linear, weights: new}, ")
    let prepared = try scratch.prepare(shared)
    #expect(prepared.tasks.map(\.recipe.name) == ["c", "a", "b"])
    #expect(prepared.groups.map(\.tasks) == [[0, 1], [2]])
    #expect(prepared.groupSizes == [3, 2])
    let columns = prepared.groups[0].dataset
    #expect(columns.columns.map(\.width) == [2, 3])
    #expect((0..<4).map { columns.value(at: $0, column: 0) } == [.class(1), .class(1), .class(0), .class(0)])
    #expect((0..<4).map { columns.value(at: $0, column: 1) } == [.class(0), .class(1), .class(2), .class(1)])
    // All three heads learn.
    try trainInMemory(prepared, engine: Engine(threads: 1))
    for head in ["a", "b", "c"] {
      #expect(try prepared.model.store.values("heads.\(head).weight").contains { $0 != 0 })
    }
  }

  @Test func sharesOfTheBatch() throws {
    func sizes(_ share: String, batch: Int) throws -> [Int] {
      try prepare(["tasks.a.share=\(share)", "train.batch=\(batch)"]).1.groupSizes
    }
    #expect(try sizes("1", batch: 5) == [3, 2])
    #expect(try sizes("3", batch: 8) == [6, 2])
    #expect(try sizes("0.5", batch: 10) == [3, 7])
    // Everyone gets at least one.
    #expect(try sizes("1000", batch: 4) == [3, 1])
    #expect(try sizes("0.001", batch: 4) == [1, 3])
    #expect(try sizes("1", batch: 1) == [])
  }

  @Test func aBatchTooSmallForItsTasks() throws {
    let (scratch, prepared) = try prepare(["train.batch=1"])
    #expect(
      scratch.failure { try trainInMemory(prepared, engine: Engine(threads: 1)) } == """
        recipe.yaml:6:8: a batch of 1 is too small for the data of 2 tasks
            6 | train: {steps: 4, batch: 5, optimizer: {rate: 0.1}}
              |        ^
        """)
  }
}
