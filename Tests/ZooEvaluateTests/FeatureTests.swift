import FoundationEssentials
import Testing
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooTrain

@Suite struct FeatureTests {
  private let engine = Result { try Engine(threads: 1) }
  private let transform = Result { try Transform(steps: [], height: 16, width: 16) }

  @Test func batchesGiveTheSameRowsAsOneImageAlone() throws {
    let scratch = try Scratch()
    let data = try scratch.tensors("x", labels: [0, 1, 0, 1, 1])
    let model = try tinyViT()
    let pass = try FeaturePass(model, engine: engine.get(), batch: 2)
    let all = try pass.features(of: data, transform: transform.get(), cache: nil)
    #expect(pass.width == 16 && all.rows.rows == 5 && all.rows.columns == 16 && !all.wereCached)
    let inference = try Inference(model, engine: engine.get(), batch: 1, activations: true)
    for index in 0..<5 {
      let maker = try BatchMaker(
        dataset: data, transform: transform.get(), batchSize: 1, seed: 0, phase: .evaluate)
      try inference.run(maker.makeBatch(index).images)
      let alone = try inference.output("pooled", count: 1).values
      for (a, b) in zip(alone, all.rows.row(index)) { #expect(abs(a - b) < 1e-5) }
    }
  }

  @Test func aPassMayBeginAnywhere() throws {
    let scratch = try Scratch()
    let data = try scratch.tensors("x", labels: [0, 1, 0, 1, 1])
    let pass = try FeaturePass(try tinyViT(), output: "tokens", engine: engine.get(), batch: 2)
    #expect(pass.width == 16 * 5)
    var (all, late, starts) = ([Float](), [Float](), [Int]())
    try pass.run(over: data, transform: transform.get()) { all += $0.values }
    try pass.run(over: data, transform: transform.get(), from: 3) {
      late += $0.values
      starts.append($0.start)
    }
    #expect(starts == [3] && late == Array(all[(3 * pass.width)...]))
    try pass.run(over: data, transform: transform.get(), from: 5) { _ in Issue.record("nothing is left") }
  }

  @Test func anOutputThatIsNotThereIsNamed() throws {
    let model = try tinyViT()
    let text = failure { _ = try FeaturePass(model, output: "poled", engine: engine.get()) }
    #expect(text == "model: has no output 'poled'; did you mean 'pooled'?")
  }

  @Test func featuresAreComputedOnce() throws {
    let scratch = try Scratch()
    let (data, cache) = (try scratch.tensors("x", labels: [0, 1, 0]), CacheFolder(path: scratch.file("cache")))
    let pass = try FeaturePass(try tinyViT(), engine: engine.get(), batch: 2)
    func compute(_ pass: FeaturePass, _ data: TensorDataset) throws -> Features {
      try pass.features(of: data, transform: transform.get(), cache: cache)
    }
    let first = try compute(pass, data)
    #expect(!first.wereCached)
    // Another name, other labels, another batch: the same images.
    let again = try compute(
      try FeaturePass(try tinyViT(), engine: engine.get(), batch: 3), try scratch.tensors("y", labels: [1, 1, 1]))
    #expect(again.wereCached && again.rows.values == first.rows.values)
    #expect(!(try compute(pass, try scratch.tensors("z", labels: [0, 1, 0], seed: 2))).wereCached)
    #expect(!(try compute(try FeaturePass(try tinyViT(seed: 1), engine: engine.get()), data)).wereCached)
    #expect(!(try compute(try FeaturePass(try tinyViT(), output: "tokens", engine: engine.get()), data)).wereCached)
    let moved = try Transform(steps: [], height: 16, width: 16, mean: [0, 0, 0])
    #expect(!(try pass.features(of: data, transform: moved, cache: cache)).wereCached)
    #expect(scratch.names("cache").count == 6 && scratch.names("cache/tmp").isEmpty)
  }

  @Test func aDamagedCacheIsComputedAnew() throws {
    let scratch = try Scratch()
    let (data, cache) = (try scratch.tensors("x", labels: [0, 1, 0]), CacheFolder(path: scratch.file("cache")))
    let pass = try FeaturePass(try tinyViT(), engine: engine.get())
    let first = try pass.features(of: data, transform: transform.get(), cache: cache)
    let name = try #require(scratch.names("cache").first { $0.hasSuffix(".safetensors") })
    let file = URL(filePath: scratch.file("cache/" + name))
    try Data(contentsOf: file).dropLast(7).write(to: file)
    let again = try pass.features(of: data, transform: transform.get(), cache: cache)
    #expect(!again.wereCached && again.rows.values == first.rows.values)
  }

  @Test func whatNobodyUsesIsCollected() throws {
    let scratch = try Scratch()
    let store = Store(root: scratch.file("store"))
    let data = try scratch.tensors("x", labels: [0, 1, 0])
    let pass = try FeaturePass(try tinyViT(), engine: engine.get())
    _ = try pass.features(of: data, transform: transform.get(), cache: store.features)
    #expect(try store.collectGarbage().features == 0)
    let name = try #require(scratch.names("store/features").first { $0.hasSuffix(".safetensors") })
    let path = scratch.file("store/features/" + name)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -31 * 86_400)], ofItemAtPath: path)
    #expect(try store.collectGarbage(dryRun: true).features == 1)
    // Use makes it young again.
    #expect(try pass.features(of: data, transform: transform.get(), cache: store.features).wereCached)
    #expect(try store.collectGarbage().features == 0)
    #expect(try store.collectGarbage(featureDays: 0).features == 1)
    #expect(scratch.names("store/features") == ["tmp"])
  }

  @Test func processesShareACache() async throws {
    let scratch = try Scratch()
    let (data, cache) = (try scratch.tensors("x", labels: [0, 1, 0, 1]), CacheFolder(path: scratch.file("cache")))
    let rows = try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<6 {
        group.addTask {
          let pass = try FeaturePass(try tinyViT(), engine: Engine(threads: 1), batch: 1)
          return try pass.features(
            of: data, transform: try Transform(steps: [], height: 16, width: 16), cache: cache
          ).rows.values
        }
      }
      return try await group.reduce(into: [[Float]]()) { $0.append($1) }
    }
    #expect(rows.count == 6 && Set(rows).count == 1)
    #expect(scratch.names("cache").count == 2 && scratch.names("cache/tmp").isEmpty)
  }
}
