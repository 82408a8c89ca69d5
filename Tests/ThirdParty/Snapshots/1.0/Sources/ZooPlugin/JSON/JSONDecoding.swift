extension JSON {
  /// Decodes options; errors carry the path of what is wrong.
  func decoded<T: Decodable>(_: T.Type, at root: String) throws -> T {
    do {
      return try T(from: JSONDecoder(json: self, codingPath: []))
    } catch let error as DecodingError {
      throw ZooError(error, at: root)
    }
  }
}

private struct JSONDecoder: Decoder, SingleValueDecodingContainer {
  let json: JSON
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let fields) = json else { throw wrong("a group of options") }
    return KeyedDecodingContainer(FieldDecoder<Key>(fields: fields, codingPath: codingPath))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let items) = json else { throw wrong("a list") }
    return ListDecoder(items: items, codingPath: codingPath)
  }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func wrong(_ want: String) -> DecodingError {
    .typeMismatch(
      JSON.self, .init(codingPath: codingPath, debugDescription: "expected \(want), got \(json.kind)"))
  }

  func decodeNil() -> Bool { if case .null = json { true } else { false } }
  func decode(_: Bool.Type) throws -> Bool {
    guard case .bool(let value) = json else { throw wrong("true or false") }
    return value
  }
  func decode(_: String.Type) throws -> String {
    guard case .string(let value) = json else { throw wrong("a string") }
    return value
  }
  func decode(_: Double.Type) throws -> Double {
    switch json {
    case .double(let value): return value
    case .int(let value): return Double(value)
    default: throw wrong("a number")
    }
  }
  func decode(_: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  func whole<T: FixedWidthInteger>() throws -> T {
    if case .int(let value) = json, let exact = T(exactly: value) { return exact }
    if case .double(let value) = json, let exact = T(exactly: value) { return exact }
    throw wrong("a whole number that fits \(T.self)")
  }
  func decode(_: Int.Type) throws -> Int { try whole() }
  func decode(_: Int8.Type) throws -> Int8 { try whole() }
  func decode(_: Int16.Type) throws -> Int16 { try whole() }
  func decode(_: Int32.Type) throws -> Int32 { try whole() }
  func decode(_: Int64.Type) throws -> Int64 { try whole() }
  func decode(_: UInt.Type) throws -> UInt { try whole() }
  func decode(_: UInt8.Type) throws -> UInt8 { try whole() }
  func decode(_: UInt16.Type) throws -> UInt16 { try whole() }
  func decode(_: UInt32.Type) throws -> UInt32 { try whole() }
  func decode(_: UInt64.Type) throws -> UInt64 { try whole() }
  func decode<T: Decodable>(_: T.Type) throws -> T { try T(from: self) }
}

private struct FieldDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let fields: [(key: String, value: JSON)]
  let codingPath: [any CodingKey]
  var allKeys: [Key] { fields.compactMap { Key(stringValue: $0.key) } }

  private func find(_ key: any CodingKey) -> JSON? {
    let name = optionKey(key.stringValue)
    return fields.first { $0.key == name }?.value
  }
  private func decoder(_ key: any CodingKey) throws -> JSONDecoder {
    guard let value = find(key) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "missing"))
    }
    return JSONDecoder(json: value, codingPath: codingPath + [key])
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }
  func decode<T: Decodable>(_: T.Type, forKey key: Key) throws -> T { try T(from: decoder(key)) }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try decoder(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { JSONDecoder(json: .object(fields), codingPath: codingPath) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct ListDecoder: UnkeyedDecodingContainer {
  let items: [JSON]
  let codingPath: [any CodingKey]
  var currentIndex = 0
  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex >= items.count }

  init(items: [JSON], codingPath: [any CodingKey]) { (self.items, self.codingPath) = (items, codingPath) }

  private mutating func next() throws -> JSONDecoder {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        JSON.self,
        .init(codingPath: codingPath, debugDescription: "the list has \(items.count) elements, too few"))
    }
    defer { currentIndex += 1 }
    return JSONDecoder(json: items[currentIndex], codingPath: codingPath + [ListIndex(currentIndex)])
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, case .null = items[currentIndex] else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<T: Decodable>(_: T.Type) throws -> T { try T(from: next()) }
  mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key>
  {
    try next().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }
  mutating func superDecoder() throws -> any Decoder { try next() }
}
