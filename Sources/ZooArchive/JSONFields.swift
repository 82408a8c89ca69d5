/// Typed, strict access to the members of a JSON object; errors name the key by its path.
struct JSONFields {
  let object: JSONObject
  let path: String
  let origin: Origin

  init(_ value: JSONValue, _ path: String, _ origin: Origin) throws {
    guard case .object(let object) = value else {
      throw origin.error(.manifestType(key: path.isEmpty ? "the file" : path, expected: "an object"))
    }
    self.object = object
    self.path = path
    self.origin = origin
  }

  private func full(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

  func has(_ key: String) -> Bool { object[key] != nil }

  func allow(_ keys: [String]) throws {
    for key in object.keys where !keys.contains(key) {
      throw origin.error(
        .manifestUnknownKey(key: full(key), nearest: nearest(to: key, among: keys).first))
    }
  }

  private func value(_ key: String) throws -> JSONValue {
    guard let value = object[key] else { throw origin.error(.manifestMissing(key: full(key))) }
    return value
  }

  func string(_ key: String) throws -> String {
    guard case .string(let text) = try value(key) else {
      throw origin.error(.manifestType(key: full(key), expected: "a string"))
    }
    return text
  }

  func size(_ key: String) throws -> Int {
    guard case .int(let size) = try value(key), size >= 0 else {
      throw origin.error(.manifestType(key: full(key), expected: "a whole number from 0 on"))
    }
    return Int(size)
  }

  func digest(_ key: String) throws -> String {
    let text = try string(key)
    guard Digest.isValid(text) else {
      throw origin.error(
        .manifestValue(key: full(key), value: text, expected: "64 small hexadecimal digits"))
    }
    return text
  }

  func digests(_ key: String) throws -> [String] {
    guard case .array(let items) = try value(key) else {
      throw origin.error(.manifestType(key: full(key), expected: "a list"))
    }
    return try items.map { item in
      guard let text = item.string, Digest.isValid(text) else {
        throw origin.error(.manifestType(key: full(key), expected: "a list of digests (64 small hexadecimal digits)"))
      }
      return text
    }
  }

  func strings(_ key: String) throws -> [String] {
    guard case .array(let items) = try value(key) else {
      throw origin.error(.manifestType(key: full(key), expected: "a list of strings"))
    }
    return try items.map { item in
      guard case .string(let text) = item else {
        throw origin.error(.manifestType(key: full(key), expected: "a list of strings"))
      }
      return text
    }
  }

  func object(_ key: String) throws -> JSONFields { try JSONFields(value(key), full(key), origin) }

  func objects(_ key: String) throws -> [JSONFields] {
    guard case .array(let items) = try value(key) else {
      throw origin.error(.manifestType(key: full(key), expected: "a list"))
    }
    return try items.enumerated().map { try JSONFields($1, "\(full(key))[\($0)]", origin) }
  }
}
