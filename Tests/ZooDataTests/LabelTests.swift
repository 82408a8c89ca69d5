import Testing
import ZooData

/// Six small images with three columns of labels, gaps in each.
struct LabelledDataset: Dataset {
  let origin = "things"
  let count = 6
  let classes = ["red", "green", "blue"]
  let classCount = 3
  let columns = [
    LabelColumn(name: "colour", kind: .classes, names: ["red", "green", "blue"], width: 3),
    LabelColumn(name: "tags", kind: .multiLabel, names: ["old", "new"], width: 2),
    LabelColumn(name: "size", kind: .vector, names: [], width: 2),
  ]
  let groupColumns = ["maker"]
  private let colours = [0, -1, 2, 2, -1, 1]

  func label(at index: Int) -> Int { colours[index] }
  func value(at index: Int, column: Int) -> LabelValue {
    switch column {
    case 0: colours[index] < 0 ? .missing : .class(Int32(colours[index]))
    case 1: index == 3 ? .missing : .labels(index == 0 ? [] : [ScoredLabel(1, 0.5)])
    default: index == 4 ? .missing : .vector([Float(index), -1])
    }
  }
  func weight(at index: Int) -> Float { Float(index) }
  func group(at index: Int, column: Int) -> String? { index == 5 ? nil : "maker \(index % 2)" }
  func name(at index: Int) -> String { "\(index)" }
  func example(at index: Int) throws -> Example {
    .image(try Image(width: 1, height: 1, pixels: [UInt8(index), 0, 0]))
  }
}

@Suite struct LabelTests {
  func batch(_ data: any Dataset) throws -> Batch {
    try BatchMaker(
      dataset: data, transform: Transform(steps: [], height: 1, width: 1), batchSize: data.count, seed: 0,
      phase: .evaluate
    ).makeBatch(0)
  }

  @Test func aBatchCarriesEveryColumnAndSaysWhatIsMissing() throws {
    let batch = try batch(LabelledDataset())
    #expect(batch.labels == [0, -1, 2, 2, -1, 1])
    #expect(batch.targets[0] == .classes([0, -1, 2, 2, -1, 1]))
    #expect(
      batch.targets[1]
        == .values(
          [0, 0, 0, 0.5, 0, 0.5, 0, 0, 0, 0.5, 0, 0.5], width: 2, present: [true, true, true, false, true, true]))
    #expect(
      batch.targets[2]
        == .values(
          [0, -1, 1, -1, 2, -1, 3, -1, 0, 0, 5, -1], width: 2, present: [true, true, true, true, false, true]))
    #expect(batch.weights == [0, 1, 2, 3, 4, 5] && batch.positions == 0..<6)
  }

  @Test func lossesAreWeightedMeansOverWhatHasALabel() throws {
    let batch = try batch(LabelledDataset())
    #expect(batch.lossWeights(column: 0, sharing: 2) == [0, 0, 0.4, 0.6, 0, 1])
    #expect(batch.lossWeights(column: 2, sharing: 1).reduce(0, +) == 1)
    // A part of the data without any label gives no gradient rather than no number.
    let unlabelled = try self.batch(LabelledDataset().subset([1, 4]))
    #expect(unlabelled.lossWeights(column: 0, sharing: 1) == [0, 0])
  }

  @Test func columnsAreChosenByName() throws {
    let data = try LabelledDataset().choosing(columns: ["size", "colour"])
    #expect(data.columns.map(\.name) == ["size", "colour"] && data.classCount == 0)
    #expect(data.value(at: 2, column: 0) == .vector([2, -1]) && data.value(at: 2, column: 1) == .class(2))
    #expect(data.groupColumns == ["maker"] && data.group(at: 1, column: 0) == "maker 1")
    #expect(data.group(at: 5, column: 0) == nil)
    #expect(try batch(data).labels == [Int32](repeating: -1, count: 6))
    #expect(
      message { _ = try LabelledDataset().choosing(columns: ["color"]) }
        == "things: has no column of labels 'color'; it has colour, tags, size")
  }

  @Test func choosingAndRenumberingGoTogether() throws {
    let classes = try LabelledDataset().choosing(columns: ["colour"]).reindexed(to: ["blue", "red", "black", "green"])
    #expect((0..<6).map { classes.label(at: $0) } == [1, -1, 0, 0, -1, 3])
    #expect(classes.classCounts == [2, 1, 0, 1])
    let tags = try LabelledDataset().choosing(columns: ["tags"]).reindexed(to: ["new", "old"])
    #expect(tags.value(at: 1, column: 0) == .labels([ScoredLabel(0, 0.5)]) && tags.value(at: 3, column: 0) == .missing)
    #expect(
      message { _ = try LabelledDataset().choosing(columns: ["size"]).reindexed(to: ["a"]) }
        == "things: column 'size' holds vectors, but one class for each image is needed")
  }

  @Test func fewShotDrawsFromWhatHasAClass() throws {
    let drawn = try LabelledDataset().subset(perClass: 1, seed: 1)
    #expect(drawn.count == 3 && Set((0..<3).map { drawn.label(at: $0) }) == [0, 1, 2])
    #expect(
      message { _ = try LabelledDataset().choosing(columns: ["tags"]).subset(perClass: 1, seed: 1) }
        == "things: column 'tags' holds several labels an image, but one class for each image is needed")
  }
}
