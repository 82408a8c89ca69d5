import CZooKernels
import Testing

/// Everything that calls the compute libraries runs one after the other, as they are to be used.
@Suite(.serialized) struct LibraryTests {}

enum Libraries {
  /// Why oneDNN cannot be used here, or nil.
  static let missingOneDNN: String? = message { zoo_dnnl_open($0, $1) }
  /// Why OpenBLAS cannot be used here, or nil.
  static let missingOpenBLAS: String? = message { zoo_blas_open(nil, $0, $1) }

  static let hasOneDNN: ConditionTrait = .enabled(
    if: missingOneDNN == nil, Comment(rawValue: missingOneDNN ?? "oneDNN is there"))
  static let hasOpenBLAS: ConditionTrait = .enabled(
    if: missingOpenBLAS == nil, Comment(rawValue: missingOpenBLAS ?? "OpenBLAS is there"))

  /// The sentence that a call leaves when it fails, nil when it succeeds.
  static func message(_ call: (UnsafeMutablePointer<CChar>?, Int) -> CInt) -> String? {
    var text = [CChar](repeating: 0, count: 512)
    let status = text.withUnsafeMutableBufferPointer { call($0.baseAddress, $0.count) }
    if status == 0 { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

struct Refused: Error, CustomStringConvertible { var description: String }

/// A planned primitive that is freed with its last user.
final class Planned {
  let handle: OpaquePointer

  private init(_ plan: (inout OpaquePointer?, UnsafeMutablePointer<CChar>?, Int) -> CInt) throws {
    var out: OpaquePointer?
    if let text = Libraries.message({ plan(&out, $0, $1) }) { throw Refused(description: text) }
    guard let out else { throw Refused(description: "planned, but nothing came out") }
    handle = out
  }

  convenience init(_ spec: zoo_matmul_spec) throws {
    try self.init { out, text, count in withUnsafePointer(to: spec) { zoo_dnnl_matmul($0, &out, text, count) }
    }
  }

  convenience init(_ spec: zoo_conv_spec) throws {
    try self.init { out, text, count in withUnsafePointer(to: spec) { zoo_dnnl_conv($0, &out, text, count) } }
  }

  deinit { zoo_primitive_free(handle) }

  var packedCount: Int { (zoo_primitive_packed_size(handle) + 3) / 4 }

  /// Plain weights in the library's layout. Its padding is dirty beforehand, as arena memory is.
  func pack(_ plain: [Float]) -> [Float] {
    var packed = [Float](repeating: .nan, count: packedCount)
    #expect(zoo_primitive_pack(handle, plain, &packed) == 0)
    return packed
  }

  func unpack(_ packed: [Float], count: Int) -> [Float] {
    var plain = [Float](repeating: .nan, count: count)
    #expect(zoo_primitive_unpack(handle, packed, &plain) == 0)
    return plain
  }

  func run(_ source: [Float], _ weights: [Float], bias: [Float]? = nil, into destination: inout [Float]) {
    let bytes = max(zoo_primitive_scratch(handle), 64)
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer { scratch.deallocate() }
    let status =
      if let bias {
        zoo_primitive_run(handle, source, weights, bias, &destination, scratch)
      } else {
        zoo_primitive_run(handle, source, weights, nil, &destination, scratch)
      }
    #expect(status == 0)
  }
}

/// The same numbers in every run, between -1 and 1.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
  }
}

/// A result of float sums: its exact value, and the sum of the magnitudes that went into it.
struct Sum {
  var value = 0.0
  var magnitude = 0.0

  mutating func add(_ a: Float, _ b: Float) {
    let product = Double(a) * Double(b)
    value += product
    magnitude += product.magnitude
  }
}

/// The largest error over what rounding of the sums allows; below 1 is right.
func worst(_ found: [Float], _ exact: [Sum], function: (Double) -> Double = { $0 }) -> Double {
  if found.count != exact.count { return .infinity }
  var largest = 0.0
  for (value, sum) in zip(found, exact) {
    let error = (Double(value) - function(sum.value)).magnitude
    if !error.isFinite { return .infinity }
    largest = max(largest, error / (2e-6 * (sum.magnitude + 1)))
  }
  return largest
}
