/// Writes the wire format of protocol buffers, the few kinds of field that event files use.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// A field of type `int64`.
  mutating func add(_ field: Int, _ value: Int) {
    tag(field, 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A field of type `double`.
  mutating func add(_ field: Int, _ value: Double) {
    tag(field, 1)
    littleEndian(value.bitPattern, 8)
  }

  /// A field of type `float`.
  mutating func add(_ field: Int, _ value: Float) {
    tag(field, 5)
    littleEndian(UInt64(value.bitPattern), 4)
  }

  /// A field of type `string`.
  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  /// A field that is a message.
  mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, message.bytes) }

  private mutating func add(_ field: Int, _ content: [UInt8]) {
    tag(field, 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func tag(_ field: Int, _ wireType: UInt64) { varint(UInt64(field) << 3 | wireType) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func littleEndian(_ value: UInt64, _ width: Int) {
    for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }
}
