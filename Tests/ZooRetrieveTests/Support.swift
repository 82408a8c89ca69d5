import FoundationEssentials
import ZooArchive
import ZooRetrieve

/// A folder that goes with its last reference.
final class Folder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "zoo-retrieve-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(filePath: file(name)))
    return file(name)
  }

  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: file(name)))) }

  /// Rows of floats as an npy file, opened.
  func rows(_ values: [Float], dimensions: Int, _ name: String = "x.npy") throws -> Embeddings {
    try NpyArray.write(path: file(name), floats: values, shape: [values.count / dimensions, dimensions])
    return try Embeddings(path: file(name))
  }

  func codes(_ bytes: [UInt8], rowBytes: Int, _ name: String = "c.npy") throws -> Embeddings {
    try NpyArray.write(path: file(name), bytes: bytes, dtype: .u8, shape: [bytes.count / rowBytes, rowBytes])
    return try Embeddings(path: file(name))
  }
}

/// Numbers that are the same in every run (a linear congruential generator; Knuth's MMIX constants).
struct Numbers {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }

  /// Whole numbers, so that sums are exact in any order.
  mutating func floats(_ count: Int, upTo limit: Int) -> [Float] {
    (0..<count).map { _ in Float(Int(next()) % (2 * limit + 1) - limit) }
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}

/// Sorts everything.
func bruteForce(_ scores: [Float], k: Int) -> [Neighbour] {
  scores.enumerated().map { Neighbour(row: $0.offset, score: $0.element) }
    .sorted { $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row }.prefix(k).map { $0 }
}
