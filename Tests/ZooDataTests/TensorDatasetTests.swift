import Testing
import ZooData

@Suite struct TensorDatasetTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  func open(_ x: [UInt8], labels: [Int64], classes: String? = nil) throws -> TensorDataset {
    try folder.add("x.npy", x)
    try folder.add("labels.npy", Npy.integers(labels))
    if let classes { try folder.add("classes.txt", Array(classes.utf8)) }
    return try TensorDataset(folder: folder.path)
  }

  func values(_ data: TensorDataset, _ index: Int) throws -> [Float] {
    guard case .tensor(let values, _, _, _) = try data.example(at: index) else { return [] }
    return values
  }

  @Test func channelsFirstComeOutInterleaved() throws {
    let data = try open(Npy.floats([2, 3, 1, 2], (0..<12).map(Float.init)), labels: [4, 0])
    #expect(data.layout == .nchw && data.count == 2 && data.classCount == 5 && data.classes == [])
    #expect(data.isNormalised && data.height == 1 && data.width == 2 && data.channels == 3)
    #expect(try values(data, 0) == [0, 2, 4, 1, 3, 5])
    #expect(try values(data, 1) == [6, 8, 10, 7, 9, 11])
    #expect(data.label(at: 0) == 4 && data.name(at: 1) == "x.npy[1]")
  }

  @Test func channelsLastStay() throws {
    let data = try open(Npy.floats([1, 2, 2, 3], (0..<12).map(Float.init)), labels: [0])
    #expect(data.layout == .nhwc)
    #expect(try values(data, 0) == (0..<12).map(Float.init))
    // Both axes could be channels: PyTorch's order is taken, unless told otherwise.
    let both = Npy.floats([1, 3, 2, 3], (0..<18).map(Float.init))
    #expect(try open(both, labels: [0]).layout == .nchw)
    let told = try TensorDataset(
      images: "\(folder.path)/x.npy", labels: "\(folder.path)/labels.npy", layout: .nhwc)
    #expect(told.layout == .nhwc && told.height == 3 && told.width == 2)
  }

  @Test func bytesArePixelsAndGreyBecomesRGB() throws {
    let data = try open(
      Npy.file("|u1", [2, 1, 2], [1, 2, 3, 4]), labels: [0, 1], classes: "cat\ndog\neel\n")
    #expect(!data.isNormalised && data.classes == ["cat", "dog", "eel"] && data.classCount == 3)
    guard case .image(let image) = try data.example(at: 1) else {
      Issue.record("not an image")
      return
    }
    #expect(image == (try Image(width: 2, height: 1, pixels: [3, 3, 3, 4, 4, 4])))
  }

  @Test func fortranOrderIsHonoured() throws {
    // [2, 1, 1, 2], first index fastest.
    let data = try open(Npy.file("|u1", [2, 1, 1, 2], [1, 3, 2, 4], fortran: true), labels: [0, 0])
    guard case .image(let image) = try data.example(at: 0) else { return }
    #expect(image.pixels == [1, 1, 1, 2, 2, 2])
  }

  @Test func floatsPassUntouchedAndCannotBeResized() throws {
    let data = try open(Npy.floats([1, 3, 2, 2], (0..<12).map(Float.init)), labels: [0])
    let maker = try BatchMaker(
      dataset: data, transform: .standard(.evaluate, size: 2), batchSize: 1, seed: 0, phase: .evaluate)
    #expect(try maker.makeBatch(0).images == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
    let flip = try Transform(steps: [.flip(probability: 1)], height: 2, width: 2)
    let flipped = try BatchMaker(
      dataset: data, transform: flip, batchSize: 1, seed: 0, phase: .evaluate)
    #expect(try flipped.makeBatch(0).images == [1, 5, 9, 0, 4, 8, 3, 7, 11, 2, 6, 10])
    let larger = try BatchMaker(
      dataset: data, transform: .standard(.evaluate, size: 8), batchSize: 1, seed: 0, phase: .evaluate)
    #expect(
      message { _ = try larger.makeBatch(0) }
        == "\(folder.path)/x.npy[0]: a tensor of floats (2 x 2) is taken as already normalised "
        + "and cannot be resized to 8 x 8; store uint8 pixels, or ask for its own size")
  }

  @Test func fixturesOpen() throws {
    let root = Fixtures.images.replacing("/images", with: "/vit-tiny")
    let data = try TensorDataset(images: "\(root)/input.npy", labels: "\(root)/labels.npy")
    #expect(data.layout == .nchw && data.height == 32 && data.width == 32 && data.channels == 3)
    let first = try values(data, 0)
    #expect(first.count == 3072 && first.allSatisfy(\.isFinite))
  }

  private func labels(_ bytes: [UInt8], classes: [String] = [], kind: LabelColumn.Kind? = nil) throws -> TensorDataset {
    try folder.add("x.npy", Npy.floats([2, 1, 1, 1], [0, 1]))
    try folder.add("labels.npy", bytes)
    return try TensorDataset(
      images: "\(folder.path)/x.npy", labels: "\(folder.path)/labels.npy", classes: classes, kind: kind)
  }

  @Test func missingClasses() throws {
    let data = try labels(Npy.integers([-1, 3]))
    #expect(data.classCount == 4 && data.label(at: 0) == -1 && data.classCounts == [0, 0, 0, 1])
    #expect(data.value(at: 0, column: 0) == .missing && data.value(at: 1, column: 0) == .class(3))
  }

  @Test func rowsOfWholeNumbersAreLabels() throws {
    let data = try labels(Npy.file("|i1", [2, 3], [1, 0, 255, 255, 255, 255]), classes: ["a", "b", "c"])
    #expect(data.columns == [LabelColumn(name: "label", kind: .multiLabel, names: ["a", "b", "c"], width: 3)])
    #expect(data.classCount == 0 && data.label(at: 0) == -1)
    guard case .labels(let items) = data.value(at: 0, column: 0) else {
      Issue.record("no labels")
      return
    }
    #expect(items.map(\.label) == [0, 2] && items[0].value == 1 && items[1].value.isNaN)
    #expect(data.value(at: 1, column: 0) == .missing)
  }

  @Test func rowsOfFloatsAreVectorsOrLabelsAsAsked() throws {
    let bytes = Npy.floats([2, 2], [0.5, 0, .nan, .nan])
    let vectors = try labels(bytes)
    #expect(vectors.columns == [LabelColumn(name: "label", kind: .vector, names: [], width: 2)])
    #expect(vectors.value(at: 0, column: 0) == .vector([0.5, 0]) && vectors.value(at: 1, column: 0) == .missing)
    let asked = try labels(bytes, kind: .multiLabel)
    #expect(asked.columns[0].kind == .multiLabel)
    #expect(asked.value(at: 0, column: 0) == .labels([ScoredLabel(0, 0.5)]))
    #expect(asked.value(at: 1, column: 0) == .missing)
    // One number for each image, as regression has it.
    let numbers = try labels(Npy.floats([2], [2.5, -1]))
    #expect(numbers.columns[0].width == 1 && numbers.value(at: 1, column: 0) == .vector([-1]))
  }

  @Test func mistakesInRowsAreNamed() throws {
    func text(_ bytes: [UInt8], _ classes: [String] = [], _ kind: LabelColumn.Kind? = nil) -> String {
      message { _ = try labels(bytes, classes: classes, kind: kind) }.replacing("\(folder.path)/", with: "")
    }
    #expect(
      text(Npy.floats([2, 2], [0, 1, .nan, 1]))
        == "labels.npy: nan at [1, 0]; vectors are finite, or NaN throughout where missing")
    #expect(
      text(Npy.file("|u1", [2, 2], [0, 1, 2, 1]))
        == "labels.npy: 2.0 at [1, 0]; labels are 0 to 1, NaN (of whole numbers: -1) where not known")
    #expect(
      text(Npy.file("|u1", [2, 2], [0, 1, 0, 1]), ["a"])
        == "labels.npy: has 2 numbers for each image, but there are names for 1")
    #expect(
      text(Npy.file("|u1", [2, 2, 1], [0, 1, 0, 1]))
        == "labels.npy: has the shape [2, 2, 1], but there are 2 images; it must be [2] or [2, K]")
  }

  @Test func mistakesAreNamed() throws {
    #expect(
      message { _ = try open(Npy.floats([2, 5, 1, 2], (0..<20).map(Float.init)), labels: [0, 0]) }
        == "\(folder.path)/x.npy: has the shape [2, 5, 1, 2]; "
        + "images are [N, C, H, W] or [N, H, W, C] with C 1 or 3")
    #expect(
      message { _ = try open(Npy.integers([1, 2]), labels: [0, 0]) }
        == "\(folder.path)/x.npy: holds I64; images are float32 (normalised) or uint8")
    let x = Npy.floats([2, 1, 1, 1], [0, 1])
    #expect(
      message { _ = try open(x, labels: [0]) }
        == "\(folder.path)/labels.npy: has the shape [1], but there are 2 images; it must be [2] or [2, K]")
    #expect(
      message { _ = try open(x, labels: [0, -2]) }
        == "\(folder.path)/labels.npy: label -2 at 1; labels are whole numbers from 0 to 9999999, "
        + "-1 where there is none")
    #expect(
      message { _ = try open(x, labels: [0, 2], classes: "a\nb\n") }
        == "\(folder.path)/labels.npy: label 2 at 1; labels are whole numbers from 0 to 1, -1 where there is none")
    #expect(message { _ = try open(Array(x.dropLast()), labels: [0, 1]) } != "no error")
  }
}
