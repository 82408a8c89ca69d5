import Testing
import ZooArchive
import ZooEngine
import ZooTrain

@Suite("Lineage") struct LineageTests {
  /// Created, fine-tuned, fine-tuned again: the last archive tells of all three by itself.
  @Test func threeGenerations() throws {
    let scratch = try Scratch()
    let first = try Model.create(
      architecture: "vit",
      options: try .init(settings: ["width=16", "depth=1", "heads=2", "mlp=32", "patch=8", "image=16"]), seed: 1,
      plugins: plugins, licence: "MIT")
    try first.write(to: scratch.file("one.tar"), name: "one", createdBy: "zoo create")
    try scratch.tensors("x", labels: [0, 1, 0, 1], size: 16)
    for (parent, child) in [("one", "two"), ("two", "three")] {
      let prepared = try scratch.prepare(
        """
        model: \(scratch.file(parent)).tar
        name: \(child)
        heads: {kind: {plugin: linear, weights: new}}
        tasks:
          kind:
            train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 2}
            evaluate: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 2}
        train: {steps: 1, batch: 2}

        """)
      try finetune(prepared, engine: Engine(threads: 1), output: scratch.file(child), evaluator: NoEvaluator()) { _ in }
      try ModelArchive.open(scratch.file(child) + "/model.tar").unpack(to: scratch.file("u-" + child))
      try FolderPacking(folder: scratch.file("u-" + child), zoo: zooVersion).write(to: scratch.file(child + ".tar"))
    }
    let archives = try ["three", "two", "one"].map { try ModelArchive.open(scratch.file($0) + ".tar") }
    let last = archives[0]
    let history = last.manifest.history(digest: last.digest)
    #expect(history.map(\.name) == ["three", "two", "one"])
    #expect(history.map(\.digest) == archives.map(\.digest))
    #expect(history.map(\.licence) == ["MIT", "MIT", "MIT"])
    #expect(history.map(\.createdBy) == ["zoo finetune", "zoo finetune", "zoo create"])
    #expect(history.map(\.parents) == [[archives[1].digest], [archives[2].digest], []])
    #expect(history.map(\.recipe) == archives.map { $0.manifest.provenance.recipe })

    // Its own recipe and its parent's, to the byte.
    let recipe = try #require(archives[1].manifest.provenance.recipe)
    #expect(last.members(.recipe).map(\.path) == ["recipe.yaml", "recipes/\(recipe).yaml"])
    #expect(try last.data("recipes/\(recipe).yaml") == archives[1].data("recipe.yaml"))

    let data = last.manifest.provenance.data
    #expect(data.map(\.task) == ["kind", "kind"])
    #expect(data.map(\.use) == ["train", "evaluate"])
    #expect(data.map(\.examples) == [4, 4])
    #expect(data == archives[1].manifest.provenance.data)
    #expect(last.members(.golden).map(\.path) == ["golden/input.npy", "golden/kind.logits.npy", "golden/pooled.npy"])
  }

  /// The digest of the data follows their labels and is no other on another day.
  @Test func listings() throws {
    let scratch = try Scratch()
    func listing(_ labels: [Int64]) throws -> String {
      try scratch.tensors("x", labels: labels, size: 16)
      let prepared = try scratch.prepare(
        """
        model: \(tinyVit)
        heads: {kind: {plugin: linear, weights: new}}
        tasks: {kind: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 2}}}
        train: {steps: 1, batch: 2}

        """)
      try finetune(
        prepared, engine: Engine(threads: 1), output: scratch.file("run"), overwrite: true, evaluator: NoEvaluator()
      ) { _ in }
      return try #require(
        try ModelArchive.open(scratch.file("run/model.tar")).manifest.provenance.data.first?.listing)
    }
    let one = try listing([0, 1, 0, 1])
    #expect(try listing([0, 1, 0, 1]) == one)
    #expect(try listing([0, 1, 1, 1]) != one)
    #expect(try listing([0, 1, 0]) != one)
  }
}
