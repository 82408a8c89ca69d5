import FoundationEssentials
import Glibc
import Testing
import ZooArchive

@Suite struct NpzFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ bytes: [UInt8]) throws -> NpzFile {
    try write(bytes, folder("w.npz"))
    return try NpzFile(path: folder("w.npz"))
  }

  @Test func listsTheOfficialVisionTransformer() throws {
    let file = try NpzFile(path: fixtures + "/vit-tiny/official.npz")
    let block = [
      "LayerNorm_0/bias", "LayerNorm_0/scale", "LayerNorm_2/bias", "LayerNorm_2/scale",
      "MlpBlock_3/Dense_0/bias", "MlpBlock_3/Dense_0/kernel", "MlpBlock_3/Dense_1/bias",
      "MlpBlock_3/Dense_1/kernel", "MultiHeadDotProductAttention_1/key/bias",
      "MultiHeadDotProductAttention_1/key/kernel", "MultiHeadDotProductAttention_1/out/bias",
      "MultiHeadDotProductAttention_1/out/kernel", "MultiHeadDotProductAttention_1/query/bias",
      "MultiHeadDotProductAttention_1/query/kernel", "MultiHeadDotProductAttention_1/value/bias",
      "MultiHeadDotProductAttention_1/value/kernel",
    ]
    let blocks = (0..<2).flatMap { index in block.map { "Transformer/encoderblock_\(index)/\($0)" } }
    let before = ["Transformer/encoder_norm/bias", "Transformer/encoder_norm/scale"]
    let after = [
      "Transformer/posembed_input/pos_embedding", "cls", "embedding/bias", "embedding/kernel", "head/bias",
      "head/kernel",
    ]
    #expect(file.tensorNames == before + blocks + after)
    #expect(file.entries.allSatisfy { $0.dtype == .f32 })
    #expect(file.entry("embedding/kernel")?.shape == [8, 8, 3, 64])
    #expect(file.entry("cls")?.shape == [1, 1, 64])
    let attention = "Transformer/encoderblock_1/MultiHeadDotProductAttention_1"
    #expect(file.entry(attention + "/out/kernel")?.shape == [4, 16, 64])
    #expect(file.entry("Transformer/encoderblock_0/MlpBlock_3/Dense_0/kernel")?.count == 64 * 256)
    #expect(file.entry("embedding") == nil)
  }

  @Test func holdsTheNumbersOfTheOtherFormat() throws {
    let vit = try NpzFile(path: fixtures + "/vit-tiny/official.npz")
    let timmViT = try SafetensorsFile(path: fixtures + "/vit-tiny/timm.safetensors")
    for (official, timm) in [
      ("cls", "cls_token"), ("embedding/bias", "patch_embed.proj.bias"), ("head/bias", "head.bias"),
      ("Transformer/posembed_input/pos_embedding", "pos_embed"),
      ("Transformer/encoder_norm/scale", "norm.weight"),
      ("Transformer/encoderblock_1/MlpBlock_3/Dense_0/bias", "blocks.1.mlp.fc1.bias"),
      ("Transformer/encoderblock_0/LayerNorm_2/bias", "blocks.0.norm2.bias"),
    ] {
      #expect(try vit.floats(official) == timmViT.floats(timm), "\(official)")
    }
    let kernel = try vit.floats("head/kernel")
    let weight = try timmViT.floats("head.weight")
    var transposed: [Float] = []
    for row in 0..<64 { for column in 0..<10 { transposed.append(weight[column * 64 + row]) } }
    #expect(kernel == transposed)

    let bit = try NpzFile(path: fixtures + "/bit-tiny/official.npz")
    let timmBiT = try SafetensorsFile(path: fixtures + "/bit-tiny/timm.safetensors")
    #expect(bit.entries.count == 54)
    #expect(bit.entry("resnet/root_block/standardized_conv2d/kernel")?.shape == [7, 7, 3, 64])
    #expect(bit.entry("resnet/block2/unit01/a/proj/standardized_conv2d/kernel")?.shape == [1, 1, 128, 128])
    for (official, timm) in [
      ("resnet/head/conv2d/bias", "head.fc.bias"), ("resnet/group_norm/gamma", "norm.weight"),
      ("resnet/block2/unit02/c/group_norm/beta", "stages.1.blocks.1.norm3.bias"),
    ] {
      #expect(try bit.floats(official) == timmBiT.floats(timm), "\(official)")
    }
  }

  @Test func readsEveryTypeAndOrderDeflated() throws {
    let file = try open(deflatedNpz)
    #expect(
      file.tensorNames == [
        "a/half", "a/wide", "bf16", "big", "bytes", "count", "empty", "fortran", "fortran16", "zeros",
      ])
    #expect(
      file.entries.map(\.dtype) == [.f16, .f64, .bf16, .f32, .i8, .i64, .f32, .f32, .f16, .f32])
    #expect(file.entry("count")?.shape == [] && file.entry("empty")?.shape == [0, 3])
    #expect(try file.floats("a/half") == [1.5, -2, 65504])
    #expect(try file.floats("a/wide") == [0.1, -3e5])
    #expect(try file.floats("bf16") == [1.5, -2, 3.140625])
    #expect(try file.floats("big") == [1.25, -7])
    #expect(try file.floats("bytes") == [-1, 2])
    #expect(try file.floats("count") == [7])
    #expect(try file.floats("empty") == [])
    #expect(try file.floats("fortran") == (0..<24).map { Float($0) })
    #expect(try file.floats("fortran16") == (0..<6).map { Float($0) })
    #expect(try file.floats("zeros") == [Float](repeating: 0, count: 1000))
  }

  @Test func readsFilesWrittenWithoutSeeking() throws {
    #expect(try open(streamedStoredNpz).floats("x") == [1, 2, 3])
    #expect(try open(streamedDeflatedNpz).floats("x") == [1, 2, 3])
  }

  @Test func readsZip64AndComments() throws {
    let one = try NpyArray.encode(floats: [1, 2], shape: [2])
    let two = try NpyArray.encode(floats: [3], shape: [1])
    for wide in [false, true] {
      var zip = NpzZip()
      zip.zip64 = wide
      zip.comment = Array("PK\u{5}\u{6} is not the end".utf8)
      zip.add("b.npy", two) { $0.placeholders = true }
      zip.add("a/Ä.npy", one) { $0.zip64 = wide }
      let file = try open(zip.bytes())
      #expect(file.tensorNames == ["a/Ä", "b"])
      #expect(try file.floats("a/Ä") == [1, 2])
      #expect(try file.floats("b") == [3])
    }
    #expect(try open(NpzZip().bytes()).entries.isEmpty)
  }

  /// A file of more than 4 GiB whose large array is a hole with a wrong CRC: only who reads it would notice.
  @Test func readsOneArrayOfALargeFileAndNothingElse() throws {
    let count = 5 << 28
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count),), }"
    let start = npy(text)
    let size = start.count + count * 4
    let small = try NpyArray.encode(floats: [8, 9], shape: [2])
    var zip = NpzZip()
    zip.zip64 = true
    zip.add("large.npy", start) {
      $0.zip64 = true
      ($0.size, $0.compressed, $0.crc) = (size, size, 1)
    }
    zip.add("small.npy", small) { $0.zip64 = true }
    let first = zip.localHeader(zip.members[0])
    let second = first.count + size
    let tail = zip.localHeader(zip.members[1]) + small
    let directory = zip.entry(zip.members[0], offset: 0) + zip.entry(zip.members[1], offset: second)
    let end = zip.end(directoryOffset: second + tail.count, directorySize: directory.count)

    let path = folder("large.npz")
    try write(first + start, path)
    let fd = Glibc.open(path, O_WRONLY)
    defer { close(fd) }
    let rest = tail + directory + end
    try #require(pwrite(fd, rest, rest.count, off_t(second)) == rest.count)

    let before = try memoryAndInput()
    let file = try NpzFile(path: path)
    #expect(file.entry("large")?.shape == [count])
    #expect(try file.floats("small") == [8, 9])
    let after = try memoryAndInput()
    // Other tests of this process run at the same time.
    #expect(after.peak - before.peak < 1 << 30)
    #expect(after.read - before.read < 1 << 30)
  }

  @Test func refusesNamesThatAreNotThere() throws {
    let path = fixtures + "/vit-tiny/official.npz"
    let file = try NpzFile(path: path)
    #expect(
      message { _ = try file.floats("head/kernl") }
        == #"\#(path): tensor "head/kernl": there is no such tensor; did you mean "head/kernel"?"#)
    #expect(
      message { _ = try file.shape(of: "x") } == #"\#(path): tensor "x": there is no such tensor"#)
  }

  @Test func eitherFormatOpensByContent() throws {
    let npz = try openTensorFile(fixtures + "/bit-tiny/official.npz")
    #expect(npz is NpzFile)
    #expect(try npz.shape(of: "resnet/head/conv2d/bias") == [10])
    #expect(try npz.dtype(of: "resnet/head/conv2d/bias") == .f32)
    // The name does not count.
    try write(contents(fixtures + "/vit-tiny/timm.safetensors"), folder("w.npz"))
    let safetensors = try openTensorFile(folder("w.npz"))
    #expect(safetensors is SafetensorsFile)
    #expect(safetensors.tensorNames.contains("cls_token") && safetensors.path == folder("w.npz"))
    #expect(try safetensors.shape(of: "cls_token") == [1, 1, 64])
    #expect(try safetensors.floats("cls_token").count == 64)
    for bytes in [[], Array("PK".utf8), Array("\u{89}HDF\r\n and so on".utf8)] {
      try write(bytes, folder("x"))
      #expect(
        message { _ = try openTensorFile(folder("x")) }
          == "\(folder("x")): neither an npz file (ZIP of npy arrays) nor a safetensors file")
    }
    #expect(
      message { _ = try openTensorFile(folder("none")) }
        == "\(folder("none")): cannot open: No such file or directory")
  }

  /// Peak resident memory and bytes read by this process so far.
  private func memoryAndInput() throws -> (peak: Int, read: Int) {
    func number(_ key: String, _ file: String) throws -> Int {
      let fd = Glibc.open(file, O_RDONLY)
      defer { close(fd) }
      var buffer = [UInt8](repeating: 0, count: 8192)
      let count = Glibc.read(fd, &buffer, buffer.count)
      let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(key) })
      return try #require(Int(line.filter(\.isNumber)))
    }
    return (try number("VmHWM", "/proc/self/status") * 1024, try number("rchar", "/proc/self/io"))
  }
}
