/// safetensors: a length of eight bytes, JSON, data.
public struct SafetensorsFormat: Format {
  public init() {}

  public func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    guard let length = number(bytes, 8, at: 0), length <= UInt64(max(0, bytes.count - 8)), !generator.chance(10)
    else {
      guard let value = generator.pick(edges) else { return }
      return put(generator.chance(50) ? value : UInt64(max(0, bytes.count - 8)), 8, at: 0, &bytes)
    }
    let end = 8 + Int(length)
    var header = Array(bytes[8..<end])
    let otherHeader = Array(other.dropFirst(8).prefix(while: { $0 != 0 }))
    TextFormat.json.mutate(&header, other: otherHeader.isEmpty ? header : otherHeader, &generator)
    bytes.replaceSubrange(8..<end, with: header)
    // Without this every change of length would be refused at once.
    if generator.chance(85) { put(UInt64(header.count), 8, at: 0, &bytes) }
  }
}

/// npy: magic, version, the header's length, a Python literal, data.
public struct NpyFormat: Format {
  public init() {}

  public func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    let wide = bytes.count > 6 && bytes[6] > 1
    let start = wide ? 12 : 10
    guard let length = number(bytes, wide ? 4 : 2, at: 8), Int(length) <= bytes.count - start, !generator.chance(10)
    else {
      guard let value = generator.pick(edges) else { return }
      return put(value, generator.chance(50) ? 2 : 4, at: 8, &bytes)
    }
    var header = Array(bytes[start..<start + Int(length)])
    TextFormat.python.mutate(&header, other: header, &generator)
    bytes.replaceSubrange(start..<start + Int(length), with: header)
    if generator.chance(85) { put(UInt64(header.count), wide ? 4 : 2, at: 8, &bytes) }
  }
}
