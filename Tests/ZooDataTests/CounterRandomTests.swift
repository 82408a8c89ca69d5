import Testing
import ZooData

@Suite struct CounterRandomTests {
  /// Known answers published with the algorithm (Random123, kat_vectors, philox4x32-10).
  @Test func philoxGivesThePublishedAnswers() {
    let zero = Philox.block(counter: (0, 0, 0, 0), key: (0, 0))
    #expect(zero == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.block(
      counter: (0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff), key: (0xffff_ffff, 0xffff_ffff))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox.block(
      counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func theSamePathDrawsTheSameNumbers() {
    var a = CounterRandom(seed: 1, 2, 3)
    var b = CounterRandom(seed: 1, 2).split(3)
    var drawn = CounterRandom(seed: 1, 2)
    for _ in 0..<5 { _ = drawn.next() }
    var c = drawn.split(3)
    for _ in 0..<10 {
      let value = a.next()
      #expect(value == b.next())
      #expect(value == c.next())
    }
    var first: Set<UInt64> = []
    for seed in 0..<20 as Range<UInt64> {
      for step in 0..<20 as Range<UInt64> {
        var random = CounterRandom(seed: seed, step)
        first.insert(random.next())
      }
    }
    #expect(first.count == 400)
  }

  /// Weights and orders depend on these bits: a change here breaks every seed.
  @Test func numbersAreFixedForever() {
    var random = CounterRandom(seed: 42, 1)
    #expect(random.next() == 9_984_282_735_412_906_320)
    #expect(random.integer(below: 1000) == 447)
    #expect(random.uniform().bitPattern == 4_606_849_784_643_647_735)
    #expect(random.normal().bitPattern == 13_824_676_806_784_325_740)
    #expect(random.permutation(8) == [3, 5, 6, 4, 2, 0, 7, 1])
  }

  @Test func uniformNumbersFillTheUnitInterval() {
    var random = CounterRandom(seed: 3)
    let values = (0..<20_000).map { _ in random.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(values.reduce(0, +) / 20_000 - 0.5) < 0.01)
  }

  @Test func boundedIntegersAreEven() {
    var random = CounterRandom(seed: 4)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.integer(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    #expect(random.integer(below: 1) == 0)
    #expect(random.integer(below: 0) == 0)
    #expect(random.integer(below: -5) == 0)
    let large = (0..<100).map { _ in random.integer(below: Int.max) }
    #expect(large.allSatisfy { $0 >= 0 })
  }

  @Test func normalNumbersHaveTheirMoments() {
    let random = CounterRandom(seed: 5)
    var values: [Double] = []
    for block in 0..<50_000 as Range<UInt64> {
      let pair = random.normals(block: block)
      values += [pair.0, pair.1]
    }
    let mean = values.reduce(0, +) / 100_000
    let variance = values.reduce(0) { $0 + $1 * $1 } / 100_000
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 100_000
    #expect(abs(mean) < 0.01 && abs(variance - 1) < 0.02 && abs(fourth - 3) < 0.15)
    let within = values.count { abs($0) < 1 }
    #expect(abs(Double(within) / 100_000 - 0.6827) < 0.006)
    // Drawing in turn and asking for a block agree.
    var drawn = random
    let first = drawn.normalPair()
    #expect(first == random.normals(block: 0))
  }

  @Test func permutationsHoldEveryNumberOnceAndAreEven() {
    var random = CounterRandom(seed: 6)
    #expect(random.permutation(1000).sorted() == Array(0..<1000))
    #expect(random.permutation(0) == [])
    var counts: [Int] = Array(repeating: 0, count: 27)
    for _ in 0..<6000 {
      let order = random.permutation(3)
      counts[order[0] * 9 + order[1] * 3 + order[2]] += 1
    }
    let seen = counts.filter { $0 > 0 }
    #expect(seen.count == 6 && seen.allSatisfy { abs($0 - 1000) < 150 })
  }
}
