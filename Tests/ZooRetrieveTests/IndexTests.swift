import Testing
import ZooArchive
import ZooRetrieve

@Suite("Indexes")
struct IndexTests {
  private let ids = "{\"id\":\"a\",\"label\":\"red\"}\n{\"id\":\"b\"}\n{\"id\":\"c\"}\n"

  @Test func cosineComparesDirections() throws {
    let folder = try Folder()
    let rows = try folder.rows([10, 0, 0, 0.1, 3, 3], dimensions: 2)
    let lines = try folder.write("x.jsonl", ids)
    try VectorIndex.write(rows, ids: lines, to: folder.file("index"), .init())
    let index = try VectorIndex(folder: folder.file("index"), verify: true)
    let search = try ExactSearch(threads: 1)
    let hits = try index.nearest(floats: [0, 5, 1, 0], k: 2, with: search, name: "queries")
    #expect(hits.map { $0.map(\.row) } == [[1, 2], [0, 2]])
    #expect(hits[0][0].score == 1)
    #expect(abs(hits[0][1].score - 0.70710677) < 1e-6)
    #expect(try index.entry(0)["label"] == "red")
    #expect(index.rows.kind == .float32 && index.manifest.metric == .cosine)
  }

  @Test func innerProductsKeepLengths() throws {
    let folder = try Folder()
    let rows = try folder.rows([10, 0, 0, 0.1, 3, 3, 0, 0], dimensions: 2)
    try VectorIndex.write(rows, ids: nil, to: folder.file("index"), .init(metric: .dot))
    let index = try VectorIndex(folder: folder.file("index"))
    let hits = try index.nearest(floats: [0, 5], k: 4, with: try ExactSearch(threads: 1), name: "queries")
    #expect(hits == [[Neighbour(row: 2, score: 15), Neighbour(row: 1, score: 0.5), Neighbour(row: 0, score: 0), Neighbour(row: 3, score: 0)]])
    #expect(try index.entry(3)["id"] == "3")
  }

  /// Float queries become codes as the rows did.
  @Test func floatsBecomeCodes() throws {
    let folder = try Folder()
    let rows = try folder.rows([1, -1, 1, 1, 1, -1, -1, -1, 1], dimensions: 3)
    try VectorIndex.write(rows, ids: nil, to: folder.file("index"), .init(kind: .bits))
    let index = try VectorIndex(folder: folder.file("index"))
    #expect(index.manifest.metric == .hamming && index.manifest.dimensions == 3)
    let hits = try index.nearest(floats: [2, 2, 2], k: 3, with: try ExactSearch(threads: 1), name: "queries")
    #expect(hits[0] == [Neighbour(row: 0, score: -1), Neighbour(row: 1, score: -1), Neighbour(row: 2, score: -2)])
  }

  @Test func float16HoldsHalfTheBytes() throws {
    let folder = try Folder()
    let rows = try folder.rows([10, 0, 0, 0.1, 3, 3], dimensions: 2)
    try VectorIndex.write(rows, ids: nil, to: folder.file("index"), .init(kind: .float16))
    let index = try VectorIndex(folder: folder.file("index"))
    #expect(index.rows.rowBytes == 4)
    #expect(try index.nearest(floats: [0, 5], k: 1, with: try ExactSearch(threads: 1), name: "q")[0][0].row == 1)
  }

  @Test func rowsThatCannotBeComparedAreNamed() throws {
    let folder = try Folder()
    let zero = try folder.rows([1, 0, 0, 0], dimensions: 2)
    #expect(message { try VectorIndex.write(zero, ids: nil, to: folder.file("i"), .init()) }
      == "\(zero.path): row 1 is all zeros and has no direction; --metric dot compares such rows")
    let wrong = try folder.rows([1, 0, 0, .nan], dimensions: 2, "n.npy")
    for options in [VectorIndex.Options(), .init(metric: .dot), .init(kind: .bits)] {
      #expect(message { try VectorIndex.write(wrong, ids: nil, to: folder.file("i"), options) }
        == "\(wrong.path): row 1 holds a value that is infinite or no number")
    }
    try NpyArray.write(path: folder.file("c.npy"), bytes: [0xF0, 0xF8], dtype: .u8, shape: [2, 1])
    let codes = try Embeddings(path: folder.file("c.npy"), dimensions: 4)
    #expect(message { try VectorIndex.write(codes, ids: nil, to: folder.file("i"), .init()) }
      == "\(codes.path): row 1 has bits past its 4 dimensions")
    #expect(throws: (any Error).self) { try VectorIndex(folder: folder.file("i")) }
  }

  @Test func arraysOfOtherKindsAreRefused() throws {
    let folder = try Folder()
    let path = folder.file("x.npy")
    try NpyArray.write(path: path, int64s: [1, 2], shape: [1, 2])
    #expect(message { try Embeddings(path: path) }
      == "\(path): holds I64; embeddings are float32 or float16 [N, D], one-bit codes uint8 [N, bytes]")
    try NpyArray.write(path: path, floats: [1, 2], shape: [2])
    #expect(message { try Embeddings(path: path) }
      == "\(path): has the shape [2]; embeddings are [N, D], one row for each example")
    try NpyArray.write(path: path, bytes: [1, 2], dtype: .u8, shape: [1, 2])
    #expect(message { try Embeddings(path: path, dimensions: 8) }
      == "\(path): has rows of 2, which are not 8 dimensions")
    var bytes = try NpyArray.encode(floats: [1, 2, 3, 4], shape: [2, 2])
    bytes.removeLast(3)
    _ = try folder.write("x.npy", bytes)
    #expect(message { try Embeddings(path: path) }.hasSuffix("needs 16 bytes of data, the file has 13"))
  }

  @Test func identitiesMustBeOneARow() throws {
    let folder = try Folder()
    let rows = try folder.rows([1, 0, 0, 1], dimensions: 2)
    let three = try folder.write("x.jsonl", ids)
    #expect(message { try VectorIndex.write(rows, ids: three, to: folder.file("i"), .init()) }
      == "\(three): has 3 lines, the array has 2 rows")
    let nameless = try folder.write("y.jsonl", "{\"id\":\"a\"}\n{\"name\":\"b\"}\n")
    #expect(message { try VectorIndex.write(rows, ids: nameless, to: folder.file("i"), .init()) }
      == "\(nameless):2: must be a JSON object with a text 'id'")
  }

  /// What a stranger's index may say, and what is said of it.
  @Test func indexesThatAreNotSoundAreRefused() throws {
    let folder = try Folder()
    let rows = try folder.rows([1, 0, 0, 1, 1, 1], dimensions: 2)
    let lines = try folder.write("x.jsonl", ids)
    try VectorIndex.write(rows, ids: lines, to: folder.file("i"), .init())
    let manifest = String(decoding: try folder.bytes("i/index.json"), as: UTF8.self)
    func refusal(_ old: String, _ new: String) throws -> String {
      _ = try folder.write("i/index.json", manifest.replacing(old, with: new))
      return message { try VectorIndex(folder: folder.file("i")) }.replacing(folder.path + "/", with: "")
    }
    #expect(try refusal("zoo.index/1", "zoo.index/9")
      == "i/index.json: schema 'zoo.index/9' is unknown; this version reads 'zoo.index/1'")
    #expect(try refusal("\"count\": 3", "\"count\": 4") == "i/vectors.npy: has 3 rows, the index says 4")
    #expect(try refusal("\"count\": 3", "\"count\": -1").hasPrefix("i/index.json: count must be a whole number from 1"))
    #expect(try refusal("\"dimensions\": 2", "\"dimensions\": 3") == "i/vectors.npy: has rows of 2, which are not 3 dimensions")
    #expect(try refusal("\"dimensions\": 2", "\"dimensions\": 9223372036854775807").hasPrefix("i/index.json: dimensions must"))
    #expect(try refusal("float32", "float16") == "i/vectors.npy: holds float32, the index says float16")
    #expect(try refusal("cosine", "hamming") == "i/index.json: metric must be cosine or dot for float32")
    #expect(try refusal("float32", "bits") == "i/index.json: metric must be hamming for bits")
    #expect(try refusal("{", "[").contains("expected ',' or ']'"))
    _ = try folder.write("i/index.json", manifest)
    let vectors = try folder.bytes("i/vectors.npy")
    _ = try folder.write("i/vectors.npy", Array(vectors.dropLast()))
    #expect(message { try VectorIndex(folder: folder.file("i")) }.hasSuffix("vectors.npy: has 151 bytes, the index says 152"))
    // A file of the right size and other bytes is found by its digest.
    _ = try folder.write("i/vectors.npy", Array(vectors.dropLast()) + [1])
    #expect(throws: Never.self) { try VectorIndex(folder: folder.file("i")) }
    #expect(message { try VectorIndex(folder: folder.file("i"), verify: true) }.contains("vectors.npy: damaged: SHA-256 is "))
    _ = try folder.write("i/vectors.npy", vectors)
    _ = try folder.write("i/ids.jsonl", ids.replacing("\n{\"id\":\"b\"}", with: "{\"id\":\"b\"} "))
    #expect(message { try VectorIndex(folder: folder.file("i")) }.hasSuffix("ids.jsonl: has 2 lines, the index says 3"))
  }

  @Test func queriesOfOtherKindsAreRefused() throws {
    let folder = try Folder()
    let rows = try folder.rows([1, 0, 0, 1], dimensions: 2)
    try VectorIndex.write(rows, ids: nil, to: folder.file("i"), .init())
    let index = try VectorIndex(folder: folder.file("i"))
    let search = try ExactSearch(threads: 1)
    let wide = try folder.rows([1, 2, 3], dimensions: 3, "q.npy")
    #expect(message { try index.nearest(rows: 0..<1, of: wide, k: 1, with: search) }
      == "\(wide.path): has 3 dimensions, the index \(folder.file("i")) has 2")
    #expect(message { try index.nearest(floats: [0, 0], k: 1, with: search, name: "q") }.hasPrefix("q: row 0 is all zeros"))
    #expect(message { try search.nearest(floats: [1, 0], in: rows, k: 0) } == "at least one neighbour must be asked for")
  }
}

private func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "no error"
  } catch { return "\(error)" }
}
