/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC11): ten
/// rounds of two 32 x 32 -> 64 bit products turn a 128-bit counter into 128 random bits under a 64-bit key.
public enum Philox {
  public typealias Block = (UInt32, UInt32, UInt32, UInt32)

  /// The random block of `counter` under `key`; words in the order of the paper's reference code.
  public static func block(counter: Block, key: (UInt32, UInt32)) -> Block {
    var (a, b, c, d) = counter
    var (low, high) = key
    for round in 0..<10 {
      if round > 0 {
        low &+= 0x9E37_79B9
        high &+= 0xBB67_AE85
      }
      let first = a.multipliedFullWidth(by: 0xD251_1F53)
      let second = c.multipliedFullWidth(by: 0xCD9E_8D57)
      (a, b, c, d) = (second.high ^ b ^ low, second.low, first.high ^ d ^ high, first.low)
    }
    return (a, b, c, d)
  }
}

/// Random numbers that are a function of what they are for, and of nothing else.
///
/// A generator is named by a seed and a path of numbers (a purpose, an epoch, an example's index, …), and
/// draws the same numbers wherever and whenever it is made: no shared state, so threads, micro-batches and
/// resumed runs agree. Every path has its own Philox key, and the draws count up Philox's counter.
///
/// Integers and uniform numbers are exact on every platform; normal ones use only IEEE-754 additions,
/// products, quotients and roots in double precision (no library's `log` or `cos`), so they are too.
public struct CounterRandom: RandomNumberGenerator, Sendable {
  private let low: UInt32
  private let high: UInt32
  private var nextBlock: UInt64 = 0
  private var words: (UInt64, UInt64) = (0, 0)
  private var wordsLeft = 0

  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - path: what the numbers are for, from the general to the particular; `[]` is one more path.
  public init(seed: UInt64, _ path: UInt64...) {
    self.init(seed: seed, path: path)
  }

  public init(seed: UInt64, path: [UInt64]) {
    self.init(key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    for step in path { self = split(step) }
  }

  private init(key: (UInt32, UInt32)) { (low, high) = key }

  /// The generator one step further down the path, independent of this one and of what was drawn from it.
  public func split(_ step: UInt64) -> CounterRandom {
    // Draws leave the counter's last word 0; keys are made where it is 1.
    let block = Philox.block(
      counter: (UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32), 0, 1),
      key: (low, high))
    return CounterRandom(key: (block.0, block.1))
  }

  /// Block `index` of the draws, without moving: for filling large arrays in parallel.
  public func block(_ index: UInt64) -> Philox.Block {
    Philox.block(
      counter: (UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), 0, 0),
      key: (low, high))
  }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    if wordsLeft == 0 {
      let block = self.block(nextBlock)
      nextBlock &+= 1
      words = (UInt64(block.0) | UInt64(block.1) << 32, UInt64(block.2) | UInt64(block.3) << 32)
      wordsLeft = 2
    }
    wordsLeft -= 1
    return wordsLeft == 1 ? words.0 : words.1
  }

  /// A number in [0, 1): a multiple of 2^-53.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number in [`range.lowerBound`, `range.upperBound`).
  public mutating func uniform(in range: Range<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A whole number in 0..<bound, each equally likely (Lemire's multiplication with rejection); 0 when
  /// `bound` is not positive.
  public mutating func integer(below bound: Int) -> Int {
    guard bound > 0 else { return 0 }
    let size = UInt64(bound)
    var product = next().multipliedFullWidth(by: size)
    if product.low < size {
      let threshold = (0 &- size) % size
      while product.low < threshold { product = next().multipliedFullWidth(by: size) }
    }
    return Int(product.high)
  }

  /// True with the given probability.
  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Two independent normal numbers of mean 0 and deviation 1 (Box and Muller).
  public mutating func normalPair() -> (Double, Double) { boxMuller(next(), next()) }

  /// A normal number of mean 0 and deviation 1.
  public mutating func normal() -> Double { normalPair().0 }

  /// The two normal numbers of block `index`, without moving: number 2 * index + {0, 1} of a large array.
  public func normals(block index: UInt64) -> (Double, Double) {
    let block = self.block(index)
    return boxMuller(
      UInt64(block.0) | UInt64(block.1) << 32, UInt64(block.2) | UInt64(block.3) << 32)
  }

  /// Puts `values` in random order (Fisher and Yates).
  public mutating func shuffle<Element>(_ values: inout [Element]) {
    var last = values.count - 1
    while last > 0 {
      values.swapAt(last, integer(below: last + 1))
      last -= 1
    }
  }

  /// 0..<count in random order.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    shuffle(&order)
    return order
  }

  private func boxMuller(_ a: UInt64, _ b: UInt64) -> (Double, Double) {
    // (0, 1]: the logarithm of 0 must not be asked for.
    let radius = (-2 * naturalLogarithm(Double((a >> 11) + 1) * 0x1p-53)).squareRoot()
    let turn = cosineAndSine(turns: Double(b >> 11) * 0x1p-53)
    return (radius * turn.cosine, radius * turn.sine)
  }
}
