import Testing
import ZooData

@Suite struct SplitTests {
  /// 30 examples: 20 of class 0, 9 of class 1, one without a class.
  func data() throws -> (TemporaryFolder, ManifestDataset) {
    let folder = try TemporaryFolder()
    var text = "path,label,side\n"
    for index in 0..<30 {
      text += "\(index).png,\(index == 7 ? "" : index % 3 == 1 ? "b" : "a"),\(index % 5 == 0 ? "test" : "train")\n"
    }
    try folder.add("l.csv", Array(text.utf8))
    return (
      folder, try ManifestDataset(path: "\(folder.path)/l.csv", format: .csv, options: TableOptions(groups: ["side"]))
    )
  }

  func names(_ data: any Dataset) -> [String] { (0..<data.count).map { data.name(at: $0) } }

  @Test func bothSidesMakeTheWholeInProportion() throws {
    let (_, data) = try data()
    let train = try data.split(fraction: 0.8, part: .train, seed: 4)
    let rest = try data.split(fraction: 0.8, part: .validation, seed: 4)
    #expect(train.count == 24 && rest.count == 6)
    #expect(train.classCounts == [16, 7] && rest.classCounts == [4, 2])
    #expect(Set(names(train)).union(names(rest)) == Set(names(data)))
    #expect(try names(data.split(fraction: 0.8, part: .train, seed: 4)) == names(train))
    #expect(try names(data.split(fraction: 0.8, part: .train, seed: 5)) != names(train))
    #expect(
      message { _ = try data.split(fraction: 1.5, part: .train, seed: 0) }
        == "a split at 1.5; it must lie between 0 and 1")
    #expect(
      message { _ = try data.subset([0]).split(fraction: 0.9, part: .validation, seed: 0) }
        == "\(data.origin): the split leaves no examples for 'validation'")
  }

  @Test func aFileMaySayWhichExamplesAreForTraining() throws {
    let (folder, data) = try data()
    try folder.add("train.txt", Array("3.png\r\n1.png\n".utf8))
    let list = "\(folder.path)/train.txt"
    #expect(names(try data.split(file: list, part: .train)) == ["1.png", "3.png"])
    #expect(try data.split(file: list, part: .validation).count == 28)
    try folder.add("train.txt", Array("3.png\n\n40.png\n".utf8))
    #expect(
      message { _ = try data.split(file: list, part: .train) }
        == "\(list):3:1: '40.png' is no example of \(data.origin)")
  }

  @Test func aColumnMaySayWhichExamplesAreForTraining() throws {
    let (_, data) = try data()
    #expect(
      names(try data.split(groupColumn: "side", value: "test"))
        == ["0", "5", "10", "15", "20", "25"].map { $0 + ".png" })
    #expect(
      message { _ = try data.split(groupColumn: "side", value: "tset") }
        == "\(data.origin): no example has 'tset' in column 'side'; there are test, train")
    #expect(
      message { _ = try data.split(groupColumn: "label", value: "a") }
        == "\(data.origin): 'label' is no column of groups; there are side")
  }
}
