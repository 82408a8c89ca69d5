import FoundationEssentials
import Testing
import ZooAlgebra
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooPictures
import ZooRecipe
import ZooTrain

/// Suites on small data in the layout that `Zoo/suites/README.md` describes.
@Suite struct SuiteTests {
  /// A suite over one folder `a`.
  private func suite(_ task: String) throws -> Suite {
    try Suite(
      bytes: Array("schema: zoo.suite/1\nname: small\ntasks:\n  a: \(task)\n".utf8), file: "small.yaml")
  }

  /// A shard of grey images: sample i is as bright as its class, i % classes, with what `annotation` says of it.
  private func shard(
    _ path: String, _ count: Int, classes: Int = 4, annotation: ((Int) -> JSONValue)? = nil
  ) throws {
    let tar = try TarWriter(path)
    for index in 0..<count {
      let name = String(repeating: "0", count: 5 - "\(index)".count) + "\(index)"
      if let annotation {
        try tar.add("\(name).json", bytes: Array(annotation(index).compact().utf8))
      } else {
        try tar.add("\(name).cls", bytes: Array("\(index % classes)".utf8))
      }
      try tar.add("\(name).png", bytes: PNG.grey(UInt8(20 + index % classes * 60 + index / classes % 20)))
    }
    try tar.finish()
  }

  /// What every one of the annotated tasks reads.
  private func annotation(_ index: Int) -> JSONValue {
    let place = index % 4
    let objects: [JSONValue] = (0..<3 + place).map { number in
      [
        "pixel_coords": [1, 2, .double(8.2 + Double(place) / 2 + Double(number))],
        "location": [0, 0, .double([5, 12, 50, 7][place] + Double(number))],
        // Nothing counts in every fourth image: its distance is that of none.
        "type": .int(place == 3 ? 5 : Int64(number % 5)),
      ]
    }
    return [
      "objects": .array(objects), "label_x_position": .int(Int64(place * 9)), "label_orientation": .int(Int64(place * 13)),
      "label_azimuth": .int(Int64(place)), "label_elevation": .int(Int64(place)),
    ]
  }

  private func run(_ suite: Suite, _ root: String, _ method: SuiteMethod = .ridge, _ model: Model? = nil) throws -> SuiteRun {
    SuiteRun(
      suite, root: root, model: try model ?? tinyViT(), reference: "tiny", method: method, plugins: plugins,
      store: Store(root: root + "/store"), engine: try Engine(threads: 1), algebra: try Algebra(threads: 1))
  }

  private func results(_ run: SuiteRun, _ model: Model? = nil) throws -> SuiteResults {
    let pass = try FeaturePass(try model ?? tinyViT(), engine: Engine(threads: 1), batch: 32)
    let cache = CacheFolder(path: run.root + "/cache")
    return try run.run { dataset, data, _ in
      try pass.features(of: dataset, transform: try data.evaluationTransform(for: pass.model), cache: cache).rows
    } each: { _ in
    }
  }

  private func folder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  @Test func vtabRunsWhole() throws {
    let scratch = try Scratch()
    let (large, small) = ("large.tar", "small.tar")
    try shard(scratch.file(large), 2000)
    try shard(scratch.file(small), 200)
    try shard(scratch.file("annotated-large.tar"), 2000, annotation: annotation)
    try shard(scratch.file("annotated-small.tar"), 200, annotation: annotation)
    let suite = try Suite.load(path: SuiteDefinitionTests.folder + "/vtab-1k.yaml")
    let root = scratch.file("root")
    for data in Set(suite.tasks.map(\.data)) where data != "dmlab" {
      try folder("\(root)/\(data)")
      let isAnnotated = suite.tasks.contains { $0.data == data && $0.label != nil }
      for split in ["train", "validation", "test"] {
        // SmallNORB's test split is cut in two.
        let shard = split == "train" || (data == "smallnorb" && split == "test") ? large : small
        try FileManager.default.createSymbolicLink(
          atPath: "\(root)/\(data)/\(split)-000.tar",
          withDestinationPath: scratch.file((isAnnotated ? "annotated-" : "") + shard))
      }
    }
    let results = try results(try run(suite, root))
    #expect(results.results.count == 18)
    #expect(results.absent.map(\.task) == ["dmlab"] && results.absent[0].reason.hasSuffix("dmlab/train is not there"))
    #expect(!results.isComplete && results.json["score"]?.isNull == true)
    // Brightness tells the class in every task: chance would be a quarter.
    for result in results.results { #expect(result.accuracies.count == 1 && result.accuracies[0] > 0.6, "\(result.task)") }
    let structured = results.results.filter { $0.group == "structured" }.compactMap(\.median)
    #expect(structured.count == 7)
    #expect(results.mean(group: "structured") == structured.reduce(0, +) / 7)
    #expect(results.results.first { $0.task == "eurosat" }?.testCount == 400)
    #expect(results.results.first { $0.task == "smallnorb-azimuth" }?.testCount == 1000)
    let again = try SuiteResults(results.json, file: "x.json")
    #expect(again.json == results.json)
  }

  @Test func formsOfDataGiveTheSameImages() throws {
    let scratch = try Scratch()
    let root = scratch.file("root")
    try folder(root + "/a/train/dark")
    try folder(root + "/a/train/light")
    try folder(root + "/a/test/light")
    for index in 0..<12 {
      try Data(PNG.grey(UInt8(10 + index))).write(to: URL(filePath: "\(root)/a/train/dark/\(index).png"))
      try Data(PNG.grey(UInt8(210 + index))).write(to: URL(filePath: "\(root)/a/train/light/\(index).png"))
      try Data(PNG.grey(UInt8(190 + index))).write(to: URL(filePath: "\(root)/a/test/light/\(index).png"))
    }
    let task = try suite("{train: 'train[:10]', validation: 'train[50%:+4]', test: test}").tasks[0]
    let data = try SuiteData(task, root: root)
    #expect(data.train.count == 14 && data.held == 10..<14 && data.test.count == 12)
    // Class folders are mixed: the first ten have both classes, and a class of the test keeps its number.
    #expect(Set((0..<10).map { data.train.label(at: $0) }) == [0, 1])
    #expect((0..<12).allSatisfy { data.test.label(at: $0) == 1 } && data.train.classes == ["dark", "light"])
    #expect(Set((0..<14).map { data.train.name(at: $0) }).count == 14)
    // The same order again.
    let again = try SuiteData(task, root: root)
    #expect((0..<14).allSatisfy { again.train.name(at: $0) == data.train.name(at: $0) })

    let lines = (0..<12).map { #"{"image": "train/light/\#($0).png", "label": "light"}"# }
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(root)/a/validation.jsonl"))
    let stored = try SuiteData(
      try suite("{train: 'validation[2:5]', test: test}").tasks[0], root: root)
    #expect((0..<3).map { stored.train.name(at: $0) } == (2..<5).map { "train/light/\($0).png" })
  }

  @Test func tooFewExamplesAreNoTask() throws {
    let scratch = try Scratch()
    let root = scratch.file("root")
    try folder(root + "/a")
    try shard(root + "/a/train-0.tar", 20)
    try shard(root + "/a/test-0.tar", 8)
    let found = try results(try run(try suite("{train: 'train[:800]', test: test}"), root))
    #expect(found.results.isEmpty && found.absent[0].reason.hasSuffix("has 20 examples, too few for train[:800]"))
    #expect(failure { _ = try self.results({ var run = try self.run(self.suite("{train: train, test: test}"), root); run.only = ["b"]; return run }()) }
      == "suite 'small': has no task 'b'; it has a")
  }

  @Test func wrongAnnotationsAreNamed() throws {
    let scratch = try Scratch()
    let root = scratch.file("root")
    try folder(root + "/a")
    func message(_ label: String, _ annotation: JSONValue) throws -> String {
      try shard(root + "/a/train-0.tar", 4) { _ in annotation }
      return failure { _ = try SuiteData(try suite("{train: train, test: train, label: \(label)}").tasks[0], root: root) }
        .replacing(root, with: "ROOT")
    }
    #expect(
      try message("{count: objects, subtract: 3, classes: 8}", ["objects": [1, 2]])
        == "ROOT/a/train-0.tar/00000.json: gives 2.0, which is in no class")
    #expect(try message("{count: objects}", ["objects": 3]).hasSuffix("has no list 'objects'"))
    #expect(try message("{value: x}", ["x": "a"]).hasSuffix("has no number 'x'"))
    #expect(
      try message("{minimum: o, of: 'p[2]', bins: [0, 1]}", ["o": [["p": [1, 2]]]])
        .hasSuffix("has an item of 'o' without a number 'p[2]'"))
    #expect(try message("{minimum: o, of: 'p', bins: [0, 1]}", ["o": []]).hasSuffix("has nothing in 'o' that counts"))
  }

  @Test func fewShotTasksAndShuffledLabels() throws {
    let scratch = try Scratch()
    let root = scratch.file("root")
    try folder(root + "/a")
    try shard(root + "/a/train-0.tar", 160)
    try shard(root + "/a/test-0.tar", 200)
    let suite = try suite("{train: train, test: test, shots: [5, all], runs: 3}")
    for method in [SuiteMethod.ridge, .probe, .knn] {
      let honest = try results(try run(suite, root, method))
      #expect(honest.results.map(\.shots) == [5, nil] && honest.results.map(\.accuracies.count) == [3, 1])
      #expect(honest.results.allSatisfy { $0.accuracies.min() ?? 0 > 0.6 }, "\(method)")
      let medians = honest.results.compactMap(\.median)
      #expect(honest.isComplete && honest.json["score"]?.number == medians.reduce(0, +) / 2)
      var shuffled = try run(suite, root, method)
      shuffled.shufflesLabels = true
      let chance = try results(shuffled)
      // Four classes; several runs, since few labels may be lucky once.
      #expect(chance.results.compactMap(\.median).allSatisfy { $0 < 0.5 }, "\(method)")
    }
  }

  @Test func networksAreTrainedByRule() throws {
    let scratch = try Scratch()
    let root = scratch.file("root")
    try folder(root + "/a")
    try shard(root + "/a/train-0.tar", 24)
    try shard(root + "/a/test-0.tar", 12)
    let archive = scratch.file("tiny.tar")
    try tinyViT().write(to: archive, name: "tiny", createdBy: "test")
    let small = ["train.batch=8", "train.micro-batch=8", "input.size=16"]
    for (method, settings) in [
      (SuiteMethod.vtab, ["train.steps=3", "train.schedule.warmup=1", "train.schedule.milestones=[2]"]),
      (.vit, ["train.steps=2", "train.schedule.warmup=1"]),
    ] {
      var run = SuiteRun(
        try suite("{train: 'train[:16]', validation: 'train[16:24]', test: test, crop: none, flip: 0, runs: 2}"),
        root: root, model: try tinyViT(), reference: archive, method: method, plugins: plugins,
        store: Store(root: root + "/store"), engine: try Engine(threads: 1), algebra: try Algebra(threads: 1))
      run.settings = small + settings
      let found = try results(run)
      #expect(found.results.first?.accuracies.count == 2 && found.results.first?.testCount == 12, "\(method)")
    }
  }

  @Test func aTrainedModelIsMeasuredByAMapping() throws {
    let scratch = try Scratch()
    let root = scratch.file("root")
    for (name, count) in [("Clock", 4), ("Chair", 3), ("Drill", 2), ("Other", 5)] {
      try folder("\(root)/a/test/\(name)")
      for index in 0..<count {
        try Data(PNG.grey(UInt8(index * 9), side: 20 + index)).write(to: URL(filePath: "\(root)/a/test/\(name)/\(index).png"))
      }
    }
    // A new head's weights are zero: all classes are equal, and answers come in their order: 0, then 1 to 4.
    let model = try tinyViT().replacingHeads(classes: 12, plugins: plugins)
    let suite = try suite("{test: test, mapping: {file: classes.csv, classes: 3}}")
    func measure(_ csv: String?) throws -> SuiteResults {
      if let csv { try Data(csv.utf8).write(to: URL(filePath: root + "/a/classes.csv")) }
      return try results(try run(suite, root, .ridge, model), model)
    }
    #expect(try measure(nil).absent.first?.reason.contains("which says what its classes are, is not there") == true)
    let found = try measure("class,labels\nClock,9;0\nChair,3\nDrill,11\n")
    #expect(found.results.first?.testCount == 9)
    #expect(found.results.first?.accuracies == [4.0 / 9] && found.results.first?.topFive == [7.0 / 9])
    #expect(try measure("class,labels\nClock,0\n").absent.first?.reason.hasSuffix("lists 1 classes, 3 are wanted") == true)
    #expect(failure { _ = try measure("class,labels\nClock,99\n") }.hasSuffix("classes.csv:2: the model has no class '99'"))
    #expect(failure { _ = try measure("name\n") }.hasSuffix("classes.csv:1: the first line must be 'class,labels'"))
  }
}
