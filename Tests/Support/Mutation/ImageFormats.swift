/// PNG: a signature, then chunks of length, kind, data, CRC.
public struct PNGFormat: Format {
  public init() {}

  private static let kinds = [
    "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "iCCP", "eXIf", "zTXt", "sPLT", "abcd", "ABCD",
  ]

  public func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    let chunks = Self.chunks(bytes)
    guard let chunk = generator.pick(chunks) else { return mutateBytes(&bytes, other: other, &generator) }
    switch generator.below(7) {
    case 0, 1:
      // Width, height, depth, colour, compression, filter, interlacing.
      guard let (offset, width) = generator.pick([(8, 4), (12, 4), (16, 1), (17, 1), (18, 1), (19, 1), (20, 1)])
      else { return }
      let small = UInt64(generator.below(18))
      put(generator.chance(60) ? small : generator.pick(edges) ?? 0, width, at: 8 + offset, &bytes, bigEndian: true)
    case 2: bytes.insert(contentsOf: bytes[chunk], at: generator.pick(chunks)?.lowerBound ?? 8)
    case 3: bytes.removeSubrange(chunk)
    case 4:
      bytes.replaceSubrange(
        chunk.lowerBound + 4..<chunk.lowerBound + 8, with: Array((generator.pick(Self.kinds) ?? "").utf8))
    case 5: put(generator.pick(edges) ?? 0, 4, at: chunk.lowerBound, &bytes, bigEndian: true)
    default:
      let at = chunk.lowerBound + 8 + generator.below(chunk.count - 12)
      if at < bytes.count { bytes[at] = UInt8(truncatingIfNeeded: generator.next()) }
    }
  }

  public func repair(_ bytes: inout [UInt8]) {
    for chunk in Self.chunks(bytes) {
      let crc = crc32(bytes[chunk.lowerBound + 4..<chunk.upperBound - 4])
      put(UInt64(crc), 4, at: chunk.upperBound - 4, &bytes, bigEndian: true)
    }
  }

  /// Whole chunks, from their length to their CRC.
  private static func chunks(_ bytes: [UInt8]) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var at = 8
    while let length = number(bytes, 4, at: at, bigEndian: true), Int(length) <= bytes.count - at - 12 {
      chunks.append(at..<at + 12 + Int(length))
      at += 12 + Int(length)
    }
    return chunks
  }
}

/// JPEG: segments of marker, length, data; scans of entropy-coded data between them.
public struct JPEGFormat: Format {
  public init() {}

  private static let markers: [UInt8] = [
    0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC9, 0xCA, 0xCC, 0xD0, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xE1, 0xEE, 0xFE,
    0xFF,
  ]

  public func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    let segments = Self.segments(bytes)
    guard let segment = generator.pick(segments) else { return mutateBytes(&bytes, other: other, &generator) }
    switch generator.below(7) {
    case 0, 1:
      let at = segment.lowerBound + 4 + generator.below(min(24, segment.count - 4))
      if at < bytes.count {
        bytes[at] = generator.chance(50) ? UInt8(generator.below(20)) : UInt8(truncatingIfNeeded: generator.next())
      }
    case 2:
      let copies = generator.chance(90) ? 1 : 30
      let copy = Array(bytes[segment])
      let to = generator.pick(segments)?.lowerBound ?? 2
      bytes.insert(contentsOf: (0..<copies).flatMap { _ in copy }, at: to)
    case 3: bytes.removeSubrange(segment)
    case 4: bytes[segment.lowerBound + 1] = generator.pick(Self.markers) ?? 0
    case 5: put(generator.pick(edges) ?? 0, 2, at: segment.lowerBound + 2, &bytes, bigEndian: true)
    default:
      // The size of the image.
      guard let frame = segments.first(where: { (0xC0...0xC2).contains(bytes[$0.lowerBound + 1]) }) else { return }
      let value = generator.chance(60) ? UInt64(generator.below(40)) : UInt64(generator.below(65536))
      put(value, 2, at: frame.lowerBound + 5 + 2 * generator.below(2), &bytes, bigEndian: true)
    }
  }

  /// From each marker that has a length to its end, up to the first scan and behind it.
  private static func segments(_ bytes: [UInt8]) -> [Range<Int>] {
    var segments: [Range<Int>] = []
    var at = 2
    while at + 4 <= bytes.count {
      guard bytes[at] == 0xFF, bytes[at + 1] >= 0xC0, !(0xD0...0xD9).contains(bytes[at + 1]),
        let length = number(bytes, 2, at: at + 2, bigEndian: true), length >= 2, Int(length) <= bytes.count - at - 2
      else {
        at += 1
        continue
      }
      segments.append(at..<at + 2 + Int(length))
      at += 2 + Int(length)
    }
    return segments.filter { $0.count > 4 }
  }
}
