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

  private func recipe(_ task: String, heads: String = "{}", classes: String = "[red, green, blue]") -> String {
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

  /// Where the trunk stays as it is, heads that no task trains are as good as before, and go along.
  @Test func headsGoAlongOnAFrozenTrunk() throws {
    let scratch = try Scratch()
    let model = try base(scratch)
    let frozen = recipe("other", heads: "{other: {plugin: linear, weights: new}}").replacing(
      "batch: 4}", with: "batch: 4, groups: [{match: backbone, freeze: true}]}")
    let prepared = try scratch.prepare(frozen)
    #expect(prepared.model.heads.map(\.name) == ["other", "kind", "size"])
    #expect(prepared.droppedHeads == [])
    try finetune(
      prepared, engine: Engine(threads: 1), output: scratch.file("run"), evaluator: NoEvaluator(), report: { _ in })
    let written = try Model.open(scratch.file("run/model.tar"), plugins: plugins)
    #expect(written.heads.map(\.name) == ["other", "kind", "size"])
    for name in ["heads.kind.weight", "heads.size.bias", "cls_token"] {
      #expect(try written.store.values(name) == model.store.values(name))
    }
    #expect(try written.store.values("heads.other.weight").contains { $0 != 0 })
    // All are bound to the trunk that they were trained on.
    let trunk = try #require(written.config.trunk)
    #expect(written.config.heads.map(\.trunk) == [trunk, trunk, trunk])

    // Registered afresh without a task, a head is not there.
    let replaced = try scratch.prepare(
      frozen.replacing("heads: {", with: "heads: {size: {plugin: linear, weights: new}, "))
    #expect(replaced.model.heads.map(\.name) == ["other", "kind"])
  }

  @Test func noHeadIsKeptOnATrunkThatChanges() throws {
    let scratch = try Scratch()
    _ = try base(scratch)
    #expect(
      scratch.failure {
        _ = try scratch.prepare(recipe("kind", heads: "{size: {plugin: linear, weights: keep}}"))
      } == """
        recipe.yaml:2:41: no task trains the head 'size', and it would not fit the trunk that comes out
            2 | heads: {size: {plugin: linear, weights: keep}}
              |                                         ^ give it a task, freeze the trunk, or leave it out
        """)
  }

  @Test func aHeadOfAnotherTrunkIsRefused() throws {
    let scratch = try Scratch()
    let model = try base(scratch)
    // Weights of the trunk that are not those the head was trained on.
    let opened = try Model.open(scratch.file("m.tar"), plugins: plugins)
    #expect(try opened.store.values("heads.kind.weight") == model.store.values("heads.kind.weight"))
    try opened.store.set("cls_token", noise(16, seed: 9))
    #expect(
      scratch.failure { try opened.write(to: scratch.file("n.tar"), name: "n", createdBy: "test") }
        == "head 'kind': was trained on another trunk and means nothing on this one")
  }

  @Test func aKeptHeadIsAsItWas() throws {
    let scratch = try Scratch()
    _ = try base(scratch)
    #expect(
      scratch.failure {
        _ = try scratch.prepare(recipe("kind", heads: "{kind: {plugin: linear, weights: keep, labels: [a, b, c]}}"))
      } == """
        recipe.yaml:2:55: the model's head 'kind' has other labels (red, green, blue)
            2 | heads: {kind: {plugin: linear, weights: keep, labels: [a, b, c]}}
              |                                                       ^ leave them out, or start the head afresh with \
        'weights: new'
        """)
    #expect(
      scratch.failure {
        _ = try scratch.prepare(
          recipe("kind", heads: "{kind: {plugin: linear, weights: keep, options: {smoothing: 0.1}}}"))
      } == """
        recipe.yaml:2:56: the model's head 'kind' has the options {}
            2 | heads: {kind: {plugin: linear, weights: keep, options: {smoothing: 0.1}}}
              |                                                        ^ leave them out, or start the head afresh with \
        'weights: new'
        """)
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
        multi-label, norm-softmax, ordinal, regression; `zoo plugin install FILE` adds one
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
        recipe.yaml:2:56: options: unknown key 'biass'; did you mean 'bias'? known: smoothing, initial, bias, sampled
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
