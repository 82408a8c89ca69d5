/// Arrays in memory that others hold, such as a mapped file.
public struct MappedArrays {
  /// Kept as long as anything reads the arrays.
  let owner: AnyObject
  let bytes: (_ name: String) throws -> UnsafeRawBufferPointer

  /// - Parameters:
  ///   - owner: what keeps the memory valid and unchanged.
  ///   - bytes: the float32 values of a parameter, row-major, at any alignment.
  public init(owner: AnyObject, bytes: @escaping (_ name: String) throws -> UnsafeRawBufferPointer) {
    (self.owner, self.bytes) = (owner, bytes)
  }
}

/// Where a store's parameters are.
enum ParameterMemory {
  case block(AlignedBuffer)
  case mapped(MappedParameters)
}

/// Parameters where they lie, in the order of a store's entries. Those whose place is not aligned for vector
/// instructions are copied.
final class MappedParameters {
  let places: [UnsafePointer<Float>]
  /// Bytes of those that were not copied.
  let sharedBytes: Int
  private let owner: AnyObject
  private let copies: [AlignedBuffer]

  init(_ arrays: MappedArrays, entries: [ParameterStore.Entry]) throws(EngineError) {
    var (places, copies, shared) = ([UnsafePointer<Float>](), [AlignedBuffer](), 0)
    for entry in entries {
      let name = entry.spec.name
      guard let bytes = try? arrays.bytes(name), bytes.count == entry.count * 4 else {
        throw .binding("there are no \(entry.count) mapped values of parameter '\(name)'")
      }
      if let base = bytes.baseAddress, UInt(bitPattern: base) % 64 == 0 {
        places.append(base.assumingMemoryBound(to: Float.self))
        shared += bytes.count
      } else {
        let copy = try AlignedBuffer(bytes: bytes.count)
        if let base = bytes.baseAddress { copy.base.copyMemory(from: base, byteCount: bytes.count) }
        places.append(UnsafePointer(copy.floats))
        copies.append(copy)
      }
    }
    (self.places, self.copies, sharedBytes, owner) = (places, copies, shared, arrays.owner)
  }
}
