import Glibc

/// Turns the data of an npy member into f32, piece by piece: nothing but the result and one piece is in
/// memory.
struct NpzElements {
  let header: NpyHeader
  let origin: Origin

  /// Elements per piece.
  private static let piece = 1 << 16

  /// - Parameter reader: Stands at the first element; stands at the member's end afterwards.
  func floats(_ reader: NpzMemberReader) throws -> [Float] {
    guard let count = elementCount(header.shape), canAllocate(count) else {
      throw origin.error(.system(.read, errno: ENOMEM))
    }
    return try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      let out = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      if header.dtype == .f32, !header.bigEndian, !isColumnMajor {
        try reader.read(into: UnsafeMutableRawBufferPointer(out))
      } else {
        try convert(reader, out)
      }
      try reader.finish()
      filled = count
    }
  }

  private var isColumnMajor: Bool { header.fortranOrder && header.shape.count > 1 }

  private func convert(_ reader: NpzMemberReader, _ out: UnsafeMutableBufferPointer<Float>) throws {
    let width = header.dtype.bits / 8
    var walk = ColumnMajorWalk(header.shape)
    var done = 0
    while done < out.count {
      let bytes = try reader.bytes(min(Self.piece, out.count - done) * width)
      let values = bytes.withUnsafeBytes {
        ElementConversion.floats($0, header.dtype, bigEndian: header.bigEndian)
      }
      guard let values else { throw origin.error(.notConvertible(header.dtype, to: "f32")) }
      for (index, value) in values.enumerated() {
        out.initializeElement(at: isColumnMajor ? walk.next() : done + index, to: value)
      }
      done += values.count
    }
  }

  /// Whether the system has room for `count` floats. Asked first, because an array that cannot be had ends
  /// the process.
  private func canAllocate(_ count: Int) -> Bool {
    let (size, overflow) = count.multipliedReportingOverflow(by: 4)
    guard !overflow, size > 1 << 24 else { return !overflow }
    let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address, address != MAP_FAILED else { return false }
    munmap(address, size)
    return true
  }
}

/// The row-major positions of the elements of an array, in the order that holds the first index fastest.
private struct ColumnMajorWalk {
  private let shape: [Int]
  private var strides: [Int]
  private var index: [Int]
  private var position = 0

  init(_ shape: [Int]) {
    self.shape = shape
    index = [Int](repeating: 0, count: shape.count)
    strides = index
    var step = 1
    for axis in shape.indices.reversed() {
      strides[axis] = step
      step &*= shape[axis]
    }
  }

  mutating func next() -> Int {
    defer {
      for axis in shape.indices {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return position
  }
}
