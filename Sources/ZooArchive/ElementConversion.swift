/// Element conversions. Bytes may lie at any address, so every load is unaligned.
enum ElementConversion {
  /// The elements as f32: exact for the 8- and 16-bit types, rounded to nearest for the wider ones. nil for
  /// types without a reading as one real number per element.
  static func floats(_ bytes: UnsafeRawBufferPointer, _ dtype: DType, bigEndian: Bool = false) -> [Float]? {
    let swap = bigEndian
    switch dtype {
    case .f32:
      if !swap { return copy(bytes) }
      return map(bytes, UInt32.self, swap) { Float(bitPattern: $0) }
    case .f64: return map(bytes, UInt64.self, swap) { Float(Double(bitPattern: $0)) }
    case .f16: return map(bytes, UInt16.self, swap, half)
    case .bf16: return map(bytes, UInt16.self, swap) { Float(bitPattern: UInt32($0) << 16) }
    case .bool: return map(bytes, UInt8.self, false) { $0 == 0 ? 0 : 1 }
    case .u8: return map(bytes, UInt8.self, false) { Float($0) }
    case .i8: return map(bytes, Int8.self, false) { Float($0) }
    case .u16: return map(bytes, UInt16.self, swap) { Float($0) }
    case .i16: return map(bytes, Int16.self, swap) { Float($0) }
    case .u32: return map(bytes, UInt32.self, swap) { Float($0) }
    case .i32: return map(bytes, Int32.self, swap) { Float($0) }
    case .u64: return map(bytes, UInt64.self, swap) { Float($0) }
    case .i64: return map(bytes, Int64.self, swap) { Float($0) }
    case .f4, .f6e2m3, .f6e3m2, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz, .c64: return nil
    }
  }

  /// The elements as integers; nil for types that are not whole numbers, and for `u64` above `Int64.max`.
  static func int64s(_ bytes: UnsafeRawBufferPointer, _ dtype: DType, bigEndian: Bool = false) -> [Int64]? {
    let swap = bigEndian
    switch dtype {
    case .bool: return map(bytes, UInt8.self, false) { $0 == 0 ? 0 : 1 }
    case .u8: return map(bytes, UInt8.self, false) { Int64($0) }
    case .i8: return map(bytes, Int8.self, false) { Int64($0) }
    case .u16: return map(bytes, UInt16.self, swap) { Int64($0) }
    case .i16: return map(bytes, Int16.self, swap) { Int64($0) }
    case .u32: return map(bytes, UInt32.self, swap) { Int64($0) }
    case .i32: return map(bytes, Int32.self, swap) { Int64($0) }
    case .i64: return map(bytes, Int64.self, swap) { $0 }
    case .u64:
      let values = map(bytes, UInt64.self, swap) { Int64(bitPattern: $0) }
      return values.contains { $0 < 0 } ? nil : values
    default: return nil
    }
  }

  private static func copy(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    let count = bytes.count / 4
    return [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * 4)]))
      filled = count
    }
  }

  @inline(__always)
  private static func map<Raw: FixedWidthInteger & BitwiseCopyable, Out>(
    _ bytes: UnsafeRawBufferPointer, _: Raw.Type, _ swap: Bool, _ convert: (Raw) -> Out
  ) -> [Out] {
    let width = MemoryLayout<Raw>.size
    let count = bytes.count / width
    return [Out](unsafeUninitializedCapacity: count) { buffer, filled in
      for index in 0..<count {
        let raw = bytes.loadUnaligned(fromByteOffset: index * width, as: Raw.self)
        buffer.initializeElement(at: index, to: convert(swap ? raw.byteSwapped : raw))
      }
      filled = count
    }
  }

  /// IEEE 754 binary16 to binary32 by bits: a stock x86-64 build would call a library routine per element.
  @inline(__always)
  private static func half(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    if exponent == 31 { return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13) }
    if exponent == 0 {
      // Subnormal: fraction / 2^24, exact in f32.
      let value = Float(fraction) * 0x1p-24
      return sign == 0 ? value : -value
    }
    return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}
