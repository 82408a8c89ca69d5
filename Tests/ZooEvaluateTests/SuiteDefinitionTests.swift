import FoundationEssentials
import Testing
import ZooRecipe

/// The suites that ship, held against what their papers and code say.
@Suite struct SuiteDefinitionTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Zoo/suites").path

  private func suite(_ name: String) throws -> Suite { try Suite.load(path: "\(Self.folder)/\(name).yaml") }

  @Test func vtabHasNineteenTasksInThreeGroups() throws {
    let vtab = try suite("vtab-1k")
    #expect(vtab.tasks.count == 19 && vtab.groups == ["natural", "specialized", "structured"])
    #expect(vtab.groups.map { group in vtab.tasks.count { $0.group == group } } == [7, 4, 8])
    #expect(vtab.tasks.allSatisfy { $0.train?.description == "train[:800]" && $0.amounts == [.all] })
  }

  @Test(arguments: [
    ("caltech101", 3060, "train", 2754..<2954, "test"), ("cifar100", 50_000, "train", 45_000..<45_200, "test"),
    ("pets", 3680, "train", 2944..<3144, "test"), ("svhn", 73_257, "train", 65_931..<66_131, "test"),
    ("dtd", 1880, "validation", 0..<200, "test"), ("sun397", 10_875, "validation", 0..<200, "test"),
    ("clevr-count", 70_000, "train", 63_000..<63_200, "validation"), ("kitti-distance", 423, "validation", 0..<200, "test"),
    ("eurosat", 27_000, "train", 16_200..<16_400, "train"), ("resisc45", 31_500, "train", 18_900..<19_100, "train"),
    ("dsprites-location", 737_280, "train", 589_824..<590_024, "train"),
    ("smallnorb-azimuth", 24_300, "test", 0..<200, "test"),
  ])
  func validationFollowsTheOriginalSplits(
    _ name: String, _ count: Int, _ split: String, _ places: Range<Int>, _ test: String
  ) throws {
    let task = try #require(try suite("vtab-1k").tasks.first { $0.name == name })
    #expect(task.validation?.split == split && task.validation?.places(count) == places)
    #expect(task.test.split == test && task.train?.places(count == 423 ? 6347 : count) == 0..<800)
  }

  @Test func testPartsAreWhatIsLeft() throws {
    let vtab = try suite("vtab-1k")
    func places(_ name: String, _ count: Int) -> Range<Int>? {
      vtab.tasks.first { $0.name == name }?.test.places(count)
    }
    #expect(places("eurosat", 27_000) == 21_600..<27_000)
    #expect(places("dsprites-orientation", 737_280) == 663_552..<737_280)
    #expect(places("smallnorb-elevation", 24_300) == 12_150..<24_300)
    #expect(places("pcam", 32_768) == 0..<32_768)
  }

  @Test func imagesThatMustNotBeCutOrMirrored() throws {
    let vtab = try suite("vtab-1k")
    #expect(
      vtab.tasks.filter { $0.crop == RuleCrop.none }.map(\.name)
        == ["clevr-count", "clevr-distance", "dmlab", "kitti-distance", "dsprites-location"])
    #expect(
      vtab.tasks.filter { $0.flip == 0 }.map(\.name)
        == ["dsprites-location", "dsprites-orientation", "smallnorb-azimuth"])
  }

  @Test func valuesFallIntoTheOriginalClasses() throws {
    let vtab = try suite("vtab-1k")
    func label(_ name: String, _ value: Double) -> Int? {
      vtab.tasks.first { $0.name == name }?.label?.label(value)
    }
    func classes(_ name: String) -> Int? { vtab.tasks.first { $0.name == name }?.label?.classes }
    #expect([3, 10].map { label("clevr-count", $0) } == [0, 7] && classes("clevr-count") == 8)
    #expect(label("clevr-count", 2) == nil && label("clevr-count", 11) == nil)
    // The last edge strictly below: an edge itself belongs to the class before.
    #expect([0.1, 8, 8.01, 8.5, 9.2, 9.75, 10, 10.5].map { label("clevr-distance", $0) } == [0, 0, 1, 1, 3, 4, 4, 5])
    #expect(label("clevr-distance", 0) == nil && classes("clevr-distance") == 6)
    #expect([-3, 8, 8.5, 20, 21, 999, 1000].map { label("kitti-distance", $0) } == [0, 0, 1, 1, 2, 2, 3])
    #expect(classes("kitti-distance") == 4)
    #expect([0, 1, 2, 31].map { label("dsprites-location", $0) } == [0, 0, 1, 15])
    #expect([0, 2, 3, 4, 5, 39].map { label("dsprites-orientation", $0) } == [0, 0, 1, 1, 2, 15])
    #expect(classes("dsprites-location") == 16 && classes("dsprites-orientation") == 16)
  }

  @Test func fewShotSuites() throws {
    let few = try suite("bit-few-shot")
    #expect(few.tasks.map(\.name) == ["ilsvrc2012", "cifar10", "cifar100"])
    #expect(few.tasks.allSatisfy { $0.runs == 5 && $0.amounts == [1, 5, 10, 25, 100].map { .perClass($0) } })
    let table = try suite("bit-readme")
    #expect(table.tasks.allSatisfy { $0.amounts == [.perClass(1), .perClass(5), .all] && $0.settings.count == 2 })
    #expect(try suite("cifar").tasks.map(\.runs) == [3, 3])
    #expect(try suite("objectnet").tasks.first.map { $0.mappedClasses == 113 && $0.train == nil } == true)
  }

  @Test(arguments: ["test", "train[:800]", "train[90%:+200]", "test[50%:]", "train[60%:80%]"])
  func slicesRead(_ text: String) { #expect(SuiteSlice(text)?.description == text) }

  @Test(arguments: ["", "train[", "train[]", "train[:800", "train[-1:]", "train[101%:]", "a/b", "../x[:1]", "train[:+]"])
  func otherTextsAreNoSlices(_ text: String) { #expect(SuiteSlice(text) == nil) }

  @Test func slicesThatTheSplitHasNotAreNone() {
    #expect(SuiteSlice("train[:800]")?.places(799) == nil && SuiteSlice("train[90%:+200]")?.places(1989) == nil)
    #expect(SuiteSlice("train[:+9223372036854775807]")?.places(5) == nil)
    #expect(SuiteSlice("train[5:2]")?.places(9) == nil)
  }

  @Test func mistakesHaveTheirPlace() {
    func message(_ task: String) -> String {
      let text = "schema: zoo.suite/1\nname: s\ntasks:\n  a: \(task)\n"
      return failure { _ = try Suite(bytes: Array(text.utf8), file: "s.yaml") }
    }
    #expect(message("{train: 'train[:x]', test: test}").hasPrefix("s.yaml:4:14: "))
    #expect(message("{train: train, test: test, sots: [1]}").contains("did you mean 'shots'?"))
    #expect(message("{train: train}").contains("test"))
    #expect(message("{test: test}").contains("either 'train'"))
    #expect(message("{data: '../x', train: train, test: test}").contains("s.yaml:4:13"))
    #expect(message("{train: train, test: test, label: {count: a, value: b}}").contains("one of"))
    #expect(message("{train: train, test: test, label: {minimum: a, of: b, bins: [2, 1]}}").contains("rising order"))
    #expect(message("{train: train, test: test, label: {minimum: a, of: '[2'}}").contains("location[2]"))
  }
}
