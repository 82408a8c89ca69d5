import Synchronization

/// The perceptual hashes of a data set's images: 57 bytes for each, however large the images are.
public struct PerceptualHashes: Sendable {
  /// [count]; 0 for an example that is no readable image.
  public let bits: [UInt64]
  /// [count, 48].
  public let colours: [UInt8]
  public let isImage: [Bool]
  public var count: Int { bits.count }

  public init(bits: [UInt64], colours: [UInt8], isImage: [Bool]) {
    (self.bits, self.colours, self.isImage) = (bits, colours, isImage)
  }

  /// The hash of an example; nil for one that is no readable image.
  public subscript(index: Int) -> PerceptualHash? {
    guard isImage[index] else { return nil }
    let range = index * PerceptualHash.colourCount..<(index + 1) * PerceptualHash.colourCount
    return PerceptualHash(bits: bits[index], colours: Array(colours[range]))
  }

  /// The mean difference of two examples' colours, in levels of 255.
  public func colourDifference(_ index: Int, to other: PerceptualHashes, _ place: Int) -> Double {
    let count = PerceptualHash.colourCount
    var sum = 0
    for colour in 0..<count {
      sum += abs(Int(colours[index * count + colour]) - Int(other.colours[place * count + colour]))
    }
    return Double(sum) / Double(count)
  }
}

extension PerceptualHash {
  fileprivate init(bits: UInt64, colours: [UInt8]) { (self.bits, self.colours) = (bits, colours) }
}

extension Dataset {
  /// Hashes every image; tensors of floats are no images here, and what cannot be read is passed over.
  ///
  /// - Parameter threads: at least 1 is used.
  public func perceptualHashes(threads: Int = 2) throws -> PerceptualHashes {
    let collected = Collected(count: count)
    let next = Counter()
    @Sendable func work() {
      while true {
        let start = next.take(16)
        guard start < count else { return }
        for index in start..<min(start + 16, count) { collected.put(index, hash(at: index)) }
      }
    }
    var others: [PosixThread] = []
    defer { for thread in others { thread.join() } }
    for _ in 1..<max(threads, 1) { others.append(try PosixThread { work() }) }
    work()
    for thread in others { thread.join() }
    others = []
    return collected.hashes
  }

  /// JPEG decoded no larger than it must be.
  private func hash(at index: Int) -> PerceptualHash? {
    let example = try? example(at: index) { height, width in
      min(height, width) >= 512 ? 8 : min(height, width) >= 256 ? 4 : min(height, width) >= 128 ? 2 : 1
    }
    guard case .image(let image)? = example else { return nil }
    return try? PerceptualHash(image)
  }
}

private final class Counter: Sendable {
  private let next = Atomic<Int>(0)
  func take(_ count: Int) -> Int { next.add(count, ordering: .relaxed).oldValue }
}

/// Hashes as threads find them.
private final class Collected: @unchecked Sendable {
  private let monitor = Monitor()
  private var bits: [UInt64]
  private var colours: [UInt8]
  private var isImage: [Bool]

  init(count: Int) {
    bits = Array(repeating: 0, count: count)
    colours = Array(repeating: 0, count: count * PerceptualHash.colourCount)
    isImage = Array(repeating: false, count: count)
  }

  func put(_ index: Int, _ hash: PerceptualHash?) {
    guard let hash else { return }
    monitor.withLock {
      bits[index] = hash.bits
      let start = index * PerceptualHash.colourCount
      for (place, colour) in hash.colours.enumerated() { colours[start + place] = colour }
      isImage[index] = true
    }
  }

  var hashes: PerceptualHashes {
    monitor.withLock { PerceptualHashes(bits: bits, colours: colours, isImage: isImage) }
  }
}
