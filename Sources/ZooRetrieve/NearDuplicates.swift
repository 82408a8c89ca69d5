import ZooData

/// Two examples that show the same: of one set, or one of each of two.
public struct DuplicatePair: Sendable, Equatable {
  /// In the set that was asked about; of one set the later one.
  public let example: Int
  /// In the set that was searched; of one set the earlier one.
  public let other: Int
  /// Bits in which their perceptual hashes differ; nil where those did not find the pair.
  public var distance: Int?
  /// The cosine of their embeddings; nil where those did not find the pair.
  public var similarity: Float?

  public init(example: Int, other: Int, distance: Int? = nil, similarity: Float? = nil) {
    (self.example, self.other, self.distance, self.similarity) = (example, other, distance, similarity)
  }
}

extension ExactSearch {
  /// Of the others that are near, so many of the nearest are looked at for each example. Where more than these are the same,
  /// they are all found to be the same as the earliest ones.
  public static let nearest = 64

  /// Pairs whose perceptual hashes are near and whose colours are.
  ///
  /// - Parameters:
  ///   - others: nil for pairs inside one set, each then given once.
  ///   - distance: bits that may differ.
  ///   - colour: levels of 255 that the colours may differ in the mean.
  public func nearDuplicates(
    of hashes: PerceptualHashes, in others: PerceptualHashes?, distance: Int = PerceptualHash.usualDistance,
    colour: Double = PerceptualHash.usualColourDifference
  ) throws -> [DuplicatePair] {
    let searched = others ?? hashes
    // Examples that are no images are left out; places lead back.
    let (asked, base) = (hashes.places, searched.places)
    guard !asked.isEmpty, !base.isEmpty else { return [] }
    let codes = base.flatMap { bigEndian(searched.bits[$0]) }
    var pairs = PairCollection(isOneSet: others == nil)
    for start in stride(from: 0, to: asked.count, by: 4096) {
      let part = asked[start..<min(start + 4096, asked.count)]
      let found = try nearest(
        codes: part.flatMap { bigEndian(hashes.bits[$0]) }, in: codes, bytes: 8, k: Self.nearest, within: distance)
      for (example, neighbours) in zip(part, found) {
        for neighbour in neighbours {
          let other = base[neighbour.row]
          guard hashes.colourDifference(example, to: searched, other) <= colour else { continue }
          pairs.add(DuplicatePair(example: example, other: other, distance: Int(-neighbour.score)))
        }
      }
    }
    return pairs.sorted
  }

  /// Pairs whose embeddings have a cosine of at least `similarity`.
  ///
  /// - Parameters:
  ///   - rows: of length 1.
  ///   - others: nil for pairs inside one set, each then given once.
  public func nearDuplicates(
    of rows: Embeddings, in others: Embeddings?, similarity: Float
  ) throws -> [DuplicatePair] {
    let searched = others ?? rows
    var pairs = PairCollection(isOneSet: others == nil)
    for start in stride(from: 0, to: rows.count, by: 1024) {
      let part = start..<min(start + 1024, rows.count)
      let found = try nearest(
        floats: try rows.floats(part), in: searched, k: Self.nearest, above: similarity.nextDown)
      for (example, neighbours) in zip(part, found) {
        for neighbour in neighbours {
          pairs.add(DuplicatePair(example: example, other: neighbour.row, similarity: neighbour.score))
        }
      }
    }
    return pairs.sorted
  }
}

/// Pairs found in either way, one entry each, in the order of their examples.
public func joined(_ pairs: [DuplicatePair], _ more: [DuplicatePair]) -> [DuplicatePair] {
  (pairs + more).sorted { ($0.example, $0.other) < ($1.example, $1.other) }.reduce(into: []) { result, pair in
    guard let last = result.last, last.example == pair.example, last.other == pair.other else {
      return result.append(pair)
    }
    result[result.count - 1].distance = last.distance ?? pair.distance
    result[result.count - 1].similarity = last.similarity ?? pair.similarity
  }
}

/// Examples of one set that pairs lead from one to the other, two or more to a group; groups and their examples in order.
public func duplicateGroups(_ pairs: [DuplicatePair], count: Int) -> [[Int]] {
  var parents = Array(0..<count)
  func root(_ example: Int) -> Int {
    var at = example
    while parents[at] != at {
      parents[at] = parents[parents[at]]
      at = parents[at]
    }
    return at
  }
  for pair in pairs where parents.indices.contains(pair.example) && parents.indices.contains(pair.other) {
    let (a, b) = (root(pair.example), root(pair.other))
    parents[max(a, b)] = min(a, b)
  }
  var members: [Int: [Int]] = [:]
  for example in 0..<count { members[root(example), default: []].append(example) }
  return members.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
}

/// Inside one set both of a pair find each other, and each finds itself.
private struct PairCollection {
  let isOneSet: Bool
  private var pairs: [DuplicatePair] = []

  init(isOneSet: Bool) { self.isOneSet = isOneSet }

  mutating func add(_ pair: DuplicatePair) {
    guard isOneSet else { return pairs.append(pair) }
    guard pair.example != pair.other else { return }
    pairs.append(
      DuplicatePair(
        example: max(pair.example, pair.other), other: min(pair.example, pair.other), distance: pair.distance,
        similarity: pair.similarity))
  }

  var sorted: [DuplicatePair] { joined(pairs, []) }
}

extension PerceptualHashes {
  fileprivate var places: [Int] { (0..<count).filter { isImage[$0] } }
}

private func bigEndian(_ bits: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
}
