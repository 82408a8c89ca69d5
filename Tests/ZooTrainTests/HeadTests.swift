import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

@Suite("Heads of a model and of a recipe")
struct HeadTests {
  /// A model with the heads `kind` (red, green, blue) and `size` (2 classes), in an archive `m.tar`.
  private func base(_ scratch: Scratch) throws -> Model {
    try scratch.tensors("x", labels: [0, 1, 2, 1], size: 16)
    let prepared = try scratch.prepare(
      """
      model: \(tinyVit)
      heads: {kind: {plugin: linear, weights: new}, size: {plugin: linear, weights: new}}
      tasks:
        kind: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: [red, green, blue]}}
        size: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
      train: {steps: 3, batch: 4, optimizer: {rate: 0.5}}

      """)
    try trainInMemory(prepared, engine: Engine(threads: 1))
    try prepared.model.write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    return prepared.model
  }

  private func recipe(_ task: String, heads: String = "{}", classes: String = "[red, green, blue]") -> String
  {
    """
    model: m.tar
    heads: \(heads)
    tasks:
      \(task): {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: \(classes)}}
    train: {steps: 1, batch: 4}

    """
  }

  @Test func aKeptHeadKeepsItsWeightsAndTheOthersGo() throws {
    let scratch = try Scratch()
    let model = try base(scratch)
    let prepared = try scratch.prepare(recipe("kind"))
    #expect(prepared.model.heads.map(\.name) == ["kind"])
    #expect(prepared.droppedHeads == ["size"])
    #expect(try prepared.model.store.values("heads.kind.weight") == model.store.values("heads.kind.weight"))
    #expect(try prepared.model.store.values("heads.kind.weight").contains { $0 != 0 })
    for entry in prepared.model.store.entries {
      #expect(try prepared.model.store.values(entry.spec.name) == model.store.values(entry.spec.name))
    }
  }

  @Test func aNewHeadStartsAfreshAndTakesItsClassesFromTheData() throws {
    let scratch = try Scratch()
    let model = try base(scratch)
    let prepared = try scratch.prepare(
      recipe("kind", heads: "{kind: {plugin: linear, weights: new}}", classes: "[one, two, three, four]"))
    #expect(prepared.model.heads[0].labels == ["one", "two", "three", "four"])
    #expect(try prepared.model.store.values("heads.kind.weight").allSatisfy { $0 == 0 })
    #expect(prepared.droppedHeads == ["kind", "size"])
    #expect(try prepared.model.store.values("cls_token") == model.store.values("cls_token"))
  }

  @Test func labelsAreMatchedByName() throws {
    let scratch = try Scratch()
    _ = try base(scratch)
    let data = try scratch.prepare(recipe("kind", classes: "[blue, red, green]")).tasks[0].train.dataset
    // The data's 0, 1, 2, 1 are blue, red, green, red; the head's order is red, green, blue.
    #expect((0..<data.count).map { data.label(at: $0) } == [2, 0, 1, 0])
  }

  @Test func dataThatTheHeadDoesNotKnow() throws {
    let scratch = try Scratch()
    _ = try base(scratch)
    let names = scratch.failure { _ = try scratch.prepare(recipe("kind", classes: "[red, green, pink]")) }
    #expect(
      names == """
        recipe.yaml:4:17: FOLDER: class 'pink' is not among the 3 known classes (red, green, blue)
            4 |   kind: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: [red, green, pink]}}
              |                 ^ a head with 'weights: new' takes its classes from the data
        """)
    let count = scratch.failure { _ = try scratch.prepare(recipe("size", classes: "9")) }
    #expect(
      count == """
        recipe.yaml:4:17: the data has 9 classes, the head 3
            4 |   size: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 9}}
              |                 ^ a head with 'weights: new' takes its classes from the data
        """)
  }

  @Test func headsThatAreNotThere() throws {
    let scratch = try Scratch()
    _ = try base(scratch)
    func failure(_ task: String, _ heads: String) -> String {
      scratch.failure { _ = try scratch.prepare(recipe(task, heads: heads)) }
    }
    #expect(
      failure("colour", "{}") == """
        recipe.yaml:4:3: the model has no head 'colour'; it has kind, size
            4 |   colour: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: [red, green, blue]}}
              |   ^ register it under 'heads' with 'weights: new' to start it afresh
        """)
    #expect(
      failure("kind", "{kind: {plugin: tangent, weights: new}}") == """
        recipe.yaml:2:24: no plugin provides the head 'tangent'; known: attention-pool, cosine, linear, mlp, \
        multi-label, norm-softmax, ordinal, regression
            2 | heads: {kind: {plugin: tangent, weights: new}}
              |                        ^
        """)
    #expect(
      failure("kind", "{kind: {plugin: cosine, weights: keep}}") == """
        recipe.yaml:2:24: the model's head 'kind' is of plugin 'linear', not 'cosine'
            2 | heads: {kind: {plugin: cosine, weights: keep}}
              |                        ^ use that plugin, or 'weights: new'
        """)
    #expect(
      failure("kind", "{kind: {plugin: linear, weights: new, options: {biass: 1}}}") == """
        recipe.yaml:2:56: options: unknown key 'biass'; did you mean 'bias'? known: smoothing, initial, bias
            2 | heads: {kind: {plugin: linear, weights: new, options: {biass: 1}}}
              |                                                        ^
        """)
    #expect(
      failure("kind", "{kind: {plugin: linear, weights: new, input: pooledd}}") == """
        recipe.yaml:2:53: the backbone has no activation 'pooledd'
            2 | heads: {kind: {plugin: linear, weights: new, input: pooledd}}
              |                                                     ^ did you mean 'pooled'? it has stem, block00, tokens, pooled
        """)
  }
}
