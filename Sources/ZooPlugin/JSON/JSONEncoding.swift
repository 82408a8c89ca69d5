import ZooJSON

extension JSON {
  /// A value's fields in the order of its properties, under their option names.
  init<T: Encodable>(encoding value: T) throws {
    let slot = Slot()
    try value.encode(to: JSONEncoder(slot: slot, codingPath: []))
    self = slot.json
  }
}

/// A place that an encoder fills.
private final class Slot {
  var leaf = JSON.object([])
  var fields: [(key: String, value: Slot)]?
  var items: [Slot]?

  var json: JSON {
    if let fields { return .object(fields.map { ($0.key, $0.value.json) }) }
    if let items { return .array(items.map(\.json)) }
    return leaf
  }
  func field(_ key: String) -> Slot {
    let slot = Slot()
    fields = (fields ?? []) + [(key, slot)]
    return slot
  }
  func item() -> Slot {
    let slot = Slot()
    items = (items ?? []) + [slot]
    return slot
  }
}

private struct JSONEncoder: Encoder, SingleValueEncodingContainer {
  let slot: Slot
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.fields = slot.fields ?? []
    return KeyedEncodingContainer(FieldEncoder<Key>(slot: slot, codingPath: codingPath))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.items = []
    return ListEncoder(slot: slot, codingPath: codingPath)
  }
  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  private func whole<T: FixedWidthInteger>(_ value: T) throws {
    guard let exact = Int(exactly: value) else {
      throw EncodingError.invalidValue(value, .init(codingPath: codingPath, debugDescription: "too large"))
    }
    slot.leaf = .int(exact)
  }
  func encodeNil() { slot.leaf = .null }
  func encode(_ value: Bool) { slot.leaf = .bool(value) }
  func encode(_ value: String) { slot.leaf = .string(value) }
  func encode(_ value: Double) { slot.leaf = .double(value) }
  func encode(_ value: Float) { slot.leaf = .double(Double(value)) }
  func encode(_ value: Int) { slot.leaf = .int(value) }
  func encode(_ value: Int8) throws { try whole(value) }
  func encode(_ value: Int16) throws { try whole(value) }
  func encode(_ value: Int32) throws { try whole(value) }
  func encode(_ value: Int64) throws { try whole(value) }
  func encode(_ value: UInt) throws { try whole(value) }
  func encode(_ value: UInt8) throws { try whole(value) }
  func encode(_ value: UInt16) throws { try whole(value) }
  func encode(_ value: UInt32) throws { try whole(value) }
  func encode(_ value: UInt64) throws { try whole(value) }
  func encode<T: Encodable>(_ value: T) throws { try value.encode(to: self) }
}

private struct FieldEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: Slot
  let codingPath: [any CodingKey]

  private func encoder(_ key: any CodingKey) -> JSONEncoder {
    JSONEncoder(slot: slot.field(optionKey(key.stringValue)), codingPath: codingPath + [key])
  }
  /// An optional without a value is still an option that the user may set.
  private func optional<T: Encodable>(_ value: T?, _ key: Key) throws {
    if let value { try value.encode(to: encoder(key)) } else { encoder(key).encodeNil() }
  }

  func encodeNil(forKey key: Key) { encoder(key).encodeNil() }
  func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try value.encode(to: encoder(key)) }
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try optional(value, key) }
  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try optional(value, key) }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { encoder(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { JSONEncoder(slot: slot, codingPath: codingPath) }
  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

private struct ListEncoder: UnkeyedEncodingContainer {
  let slot: Slot
  let codingPath: [any CodingKey]
  var count: Int { slot.items?.count ?? 0 }

  private func next() -> JSONEncoder { JSONEncoder(slot: slot.item(), codingPath: codingPath) }
  func encodeNil() { next().encodeNil() }
  func encode<T: Encodable>(_ value: T) throws { try value.encode(to: next()) }
  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    next().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
  func superEncoder() -> any Encoder { next() }
}
