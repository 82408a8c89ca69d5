import Testing
import ZooArchive
import ZooData
import ZooRetrieve

@Suite("Near duplicates")
struct DuplicateTests {
  private func hashes(_ items: [(UInt64, UInt8)?]) -> PerceptualHashes {
    PerceptualHashes(
      bits: items.map { $0?.0 ?? 0 },
      colours: items.flatMap { [UInt8](repeating: $0?.1 ?? 0, count: PerceptualHash.colourCount) },
      isImage: items.map { $0 != nil })
  }

  @Test func hashesAndColoursMustBothBeNear() throws {
    let search = try ExactSearch(threads: 2)
    let upstream = hashes([(0b1111, 100), nil, (0xFFFF_0000, 10), (0b1111, 200)])
    let downstream = hashes([(0b0111, 104), (0xFF00_0000, 10), nil, (0xFFFF_0001, 12)])
    #expect(
      try search.nearDuplicates(of: downstream, in: upstream, distance: 4, colour: 10) == [
        DuplicatePair(example: 0, other: 0, distance: 1), DuplicatePair(example: 3, other: 2, distance: 1),
      ])
    #expect(try search.nearDuplicates(of: downstream, in: upstream, distance: 8, colour: 10).count == 3)
  }

  /// Of one set each pair once, the later example with the earlier.
  @Test func pairsInsideASet() throws {
    let search = try ExactSearch(threads: 2)
    let set = hashes([(7, 0), (1 << 40, 0), (7, 0), (3, 0), (UInt64.max, 0)])
    let pairs = try search.nearDuplicates(of: set, in: nil, distance: 1)
    #expect(
      pairs == [
        DuplicatePair(example: 2, other: 0, distance: 0), DuplicatePair(example: 3, other: 0, distance: 1),
        DuplicatePair(example: 3, other: 2, distance: 1),
      ])
    #expect(duplicateGroups(pairs, count: 5) == [[0, 2, 3]])
  }

  /// More copies than are looked at for each still come together.
  @Test func manyCopiesAreOneGroup() throws {
    var items: [(UInt64, UInt8)?] = []
    for place in UInt64(0)..<300 { items.append(place % 3 == 0 ? (5, 0) : ((place << 32) &* 0x9E37_79B9, 0)) }
    let set = hashes(items)
    let pairs = try ExactSearch(threads: 2).nearDuplicates(of: set, in: nil, distance: 0)
    #expect(duplicateGroups(pairs, count: 300).first == (0..<300).filter { $0 % 3 == 0 })
  }

  @Test func embeddingsByCosine() throws {
    let folder = try Folder()
    let rows = try folder.rows([1, 0, 0.6, 0.8, 0, 1, 1, 0], dimensions: 2)
    let search = try ExactSearch(threads: 1)
    #expect(
      try search.nearDuplicates(of: rows, in: nil, similarity: 0.8) == [
        DuplicatePair(example: 2, other: 1, similarity: 0.8), DuplicatePair(example: 3, other: 0, similarity: 1),
      ])
    let others = try folder.rows([0, 1], dimensions: 2, "y.npy")
    #expect(
      try search.nearDuplicates(of: rows, in: others, similarity: 0.8).map(\.example) == [1, 2])
  }

  @Test func pairsOfBothWaysAreJoined() {
    #expect(
      joined([DuplicatePair(example: 1, other: 0, distance: 2)], [
        DuplicatePair(example: 0, other: 0, similarity: 1), DuplicatePair(example: 1, other: 0, similarity: 0.99),
      ]) == [
        DuplicatePair(example: 0, other: 0, similarity: 1),
        DuplicatePair(example: 1, other: 0, distance: 2, similarity: 0.99),
      ])
  }
}
