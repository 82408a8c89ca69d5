import FoundationEssentials
import Testing
import ZooData

@Suite struct FolderDatasetTests {
  @Test func classesAndExamplesComeInByteOrder() throws {
    let folder = try TemporaryFolder()
    for name in ["b/2.png", "b/10.PNG", "B/x.jpeg", "a b/1.png", "a/z/1.png", "a/z.jpg", "é/1.png"] {
      try folder.add(name, plainPNG(1))
    }
    let data = try FolderDataset(path: folder.path + "/")
    #expect(data.classes == ["B", "a", "a b", "b", "é"])
    #expect(data.classCount == 5 && data.count == 7)
    let names = (0..<data.count).map { data.name(at: $0) }
    #expect(
      names == ["B/x.jpeg", "a/z.jpg", "a/z/1.png", "a b/1.png", "b/10.PNG", "b/2.png", "é/1.png"])
    #expect((0..<data.count).map { data.label(at: $0) } == [0, 1, 1, 2, 3, 3, 4])
    #expect(data.classCounts == [1, 2, 1, 2, 1])
    #expect(data.notes == [])
  }

  @Test func straysAreTold() throws {
    let folder = try TemporaryFolder()
    try folder.add("cat/1.png", plainPNG(1))
    try folder.add("cat/notes.txt", [65])
    try folder.add("README.md", [65])
    try folder.add(".hidden/1.png", [65])
    let data = try FolderDataset(path: folder.path)
    #expect(data.classes == ["cat"])
    #expect(data.notes == ["\(folder.path): 2 files not used (README.md, cat/notes.txt)"])
  }

  @Test func foldersWithoutImagesAreErrors() throws {
    let folder = try TemporaryFolder()
    #expect(
      message { _ = try FolderDataset(path: folder.path) }
        == "\(folder.path): holds no class folders; images belong in \(folder.path)/CLASS/NAME.jpg")
    try folder.add("cat/1.png", plainPNG(1))
    try folder.addFolder("dog")
    #expect(
      message { _ = try FolderDataset(path: folder.path) }
        == "\(folder.path): class folder 'dog' holds no images (.jpg, .jpeg, .png, .webp)")
    #expect(
      message { _ = try openDataset("/nowhere") }
        == "/nowhere: cannot be read: no such file or folder")
    #expect(
      message { _ = try openDataset("\(folder.path)/cat/1.png") }
        == "\(folder.path)/cat/1.png: not a data set; give a folder of class folders, "
        + "a folder with x.npy and labels.npy, or a .tar of class folders")
  }

  @Test func linksThatGoRoundEnd() throws {
    let folder = try TemporaryFolder()
    try folder.add("cat/1.png", plainPNG(1))
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/cat/again", withDestinationPath: "\(folder.path)/cat")
    #expect(
      message { _ = try FolderDataset(path: folder.path) }
        .hasSuffix(": folders are nested more than 16 deep"))
  }

  @Test func inspectingCountsAndNamesTheUnreadable() throws {
    let folder = try TemporaryFolder()
    try folder.add("cat/1.png", plainPNG(1, side: 3))
    try folder.add("cat/2.png", plainPNG(1, side: 5))
    try folder.add("dog/1.png", Array(plainPNG(1).prefix(45)))
    try folder.add("dog/2.jpg", [])
    let data = try FolderDataset(path: folder.path)
    let report = data.inspect(.everything)
    #expect(report.count == 4)
    #expect(report.classes.map(\.name) == ["cat", "dog"] && report.classes.map(\.count) == [2, 2])
    #expect(report.heights == 3...5 && report.widths == 3...5)
    #expect(report.unreadable.map(\.name) == ["dog/1.png", "dog/2.jpg"])
    #expect(
      report.unreadable.map(\.reason) == [
        "\(folder.path)/dog/1.png: the PNG image is cut short",
        "\(folder.path)/dog/2.jpg: is empty; a JPEG, PNG or WebP image is needed",
      ])
    // A header alone does not tell that the pixels after it are missing.
    #expect(data.inspect(.headers).unreadable.map(\.name) == ["dog/2.jpg"])
    #expect(data.inspect(.none).unreadable.isEmpty)
  }
}

@Suite struct SubsetTests {
  func data(_ counts: [(String, Int)]) throws -> (TemporaryFolder, FolderDataset) {
    let folder = try TemporaryFolder()
    for (name, count) in counts {
      for i in 0..<count { try folder.add("\(name)/\(i).png", plainPNG(UInt8(i))) }
    }
    return (folder, try FolderDataset(path: folder.path))
  }

  @Test func fewShotIsBalancedAndFixedByTheSeed() throws {
    let (folder, all) = try data([("a", 9), ("b", 5), ("c", 20)])
    let few = try all.subset(perClass: 3, seed: 1)
    #expect(few.count == 9 && few.classCounts == [3, 3, 3] && few.classes == ["a", "b", "c"])
    let names = (0..<9).map { few.name(at: $0) }
    #expect(Set(names).count == 9)
    let again = try all.subset(perClass: 3, seed: 1)
    #expect((0..<9).map { again.name(at: $0) } == names)
    let other = try all.subset(perClass: 3, seed: 2)
    #expect((0..<9).map { other.name(at: $0) } != names)
    #expect(try all.subset(perClass: 5, seed: 1).count == 15)
    #expect(
      message { _ = try all.subset(perClass: 6, seed: 1) }
        == "class 'b' has 5 examples, fewer than the 6 asked for")
    #expect(
      message { _ = try all.subset(perClass: 0, seed: 1) }
        == "0 examples per class; it must be at least 1")
    #expect(folder.path == all.origin)
  }

  @Test func subsetsByIndexKeepTheirOrder() throws {
    let (folder, all) = try data([("a", 2), ("b", 2)])
    let two = try all.subset([3, 0])
    #expect((0..<2).map { two.name(at: $0) } == ["b/1.png", "a/0.png"])
    #expect((0..<2).map { two.label(at: $0) } == [1, 0])
    #expect(
      message { _ = try all.subset([0, 4]) } == "example 4 does not exist; the data set has 4")
    #expect(folder.path == all.origin)
  }

  @Test func classesAreMatchedByName() throws {
    let (folder, all) = try data([("cat", 1), ("dog", 2)])
    let mapped = try all.reindexed(to: ["dog", "eel", "cat"])
    #expect(mapped.classCount == 3 && mapped.classes == ["dog", "eel", "cat"])
    #expect((0..<3).map { mapped.label(at: $0) } == [2, 0, 0])
    #expect(mapped.classCounts == [2, 0, 1])
    #expect(
      message { _ = try all.reindexed(to: ["dog", "eel"]) }
        == "\(folder.path): class 'cat' is not among the 2 known classes (dog, eel)")
  }
}

@Suite struct TarDatasetTests {
  @Test func aTarGivesWhatItsFolderGives() throws {
    let folder = try TemporaryFolder()
    let names = ["b/2.png", "b/10.png", "a b/1.png", "a/z/1.png", "a/z.png"]
    for (i, name) in names.enumerated() { try folder.add("data/\(name)", plainPNG(UInt8(i))) }
    let members = names.enumerated().map { (name: $1, bytes: plainPNG(UInt8($0))) }
    try folder.add("data.tar", Tar.file(members + [("README", [65])]))
    try folder.add("split.tar", Tar.file(members.map { ("train/\($0.name)", $0.bytes) }))
    let reference = try FolderDataset(path: "\(folder.path)/data")
    for path in ["data.tar", "split.tar/train"] {
      let tar = try openDataset("\(folder.path)/\(path)")
      #expect(tar.classes == reference.classes && tar.count == reference.count)
      for index in 0..<tar.count {
        #expect(tar.name(at: index) == reference.name(at: index))
        #expect(tar.label(at: index) == reference.label(at: index))
        guard case .image(let a) = try tar.example(at: index),
          case .image(let b) = try reference.example(at: index)
        else {
          Issue.record("not an image")
          return
        }
        #expect(a == b)
      }
    }
    #expect(
      try TarDataset(path: "\(folder.path)/data.tar").notes
        == ["\(folder.path)/data.tar: 1 file not used (README)"])
    #expect(
      message { _ = try openDataset("\(folder.path)/data.tar/test") }
        == "\(folder.path)/data.tar/test: holds no images (.jpg, .jpeg, .png, .webp)")
  }

  @Test func aBrokenImageInATarIsNamed() throws {
    let folder = try TemporaryFolder()
    try folder.add("d.tar", Tar.file([("cat/1.png", Array(plainPNG(1).prefix(45)))]))
    let data = try openDataset("\(folder.path)/d.tar")
    #expect(
      message { _ = try data.example(at: 0) }
        == "\(folder.path)/d.tar/cat/1.png: the PNG image is cut short")
  }
}
