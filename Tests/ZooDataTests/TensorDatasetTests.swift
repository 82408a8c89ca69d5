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
        == "\(folder.path)/labels.npy: has the shape [1], but there are 2 images; it must be [2]")
    #expect(
      message { _ = try open(x, labels: [0, -1]) }
        == "\(folder.path)/labels.npy: label -1 at 1; labels are whole numbers from 0 to 9999999")
    #expect(
      message { _ = try open(x, labels: [0, 2], classes: "a\nb\n") }
        == "\(folder.path)/labels.npy: label 2 at 1; labels are whole numbers from 0 to 1")
    #expect(message { _ = try open(Array(x.dropLast()), labels: [0, 1]) } != "no error")
  }
}
