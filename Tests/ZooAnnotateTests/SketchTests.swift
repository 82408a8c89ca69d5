import Testing
import ZooAnnotate
import ZooData

@Suite("Count-Min sketch")
struct SketchTests {
  /// Hashes with a few frequent ones among them.
  private func stream(_ seed: UInt64) -> [UInt64] {
    var random = CounterRandom(seed: seed)
    return (0..<5000).map { _ in
      let value = random.integer(below: 1000)
      return UInt64(value * value / 700) &* 0x9E37_79B9_7F4A_7C15
    }
  }

  @Test func estimatesAreNeverTooSmallAndSeldomMuchTooLarge() throws {
    var sketch = try CountMinSketch(rows: 4, columns: 1 << 10)
    var exact: [UInt64: Int64] = [:]
    for hash in stream(1) {
      sketch.add(hash)
      exact[hash, default: 0] += 1
    }
    #expect(exact.allSatisfy { sketch.estimate($0.key) >= $0.value })
    // e · 5000 / 1024 is passed with a chance of e^-4 each.
    let far = exact.count { sketch.estimate($0.key) > $0.value + 13 }
    #expect(far <= exact.count / 20)
  }

  @Test func partsAddUpToTheWhole() throws {
    let all = stream(2)
    var whole = try CountMinSketch(rows: 3, columns: 256)
    for hash in all { whole.add(hash) }
    var sum = try CountMinSketch(rows: 3, columns: 256)
    for part in [all[3000...], all[..<100], all[100..<3000]] {
      var own = try CountMinSketch(rows: 3, columns: 256)
      for hash in part { own.add(hash) }
      try sum.add(own)
    }
    #expect(sum == whole)
    #expect(throws: AnnotateError.self) { try sum.add(try CountMinSketch(rows: 3, columns: 512)) }
    #expect(throws: AnnotateError.self) { try CountMinSketch(rows: 3, columns: 100) }
  }
}
