import ZooABI

/// Why a component cannot do what it was asked. Its text reaches the user behind the component's name.
public struct ZooError: Error, CustomStringConvertible, Sendable {
  public var code: Int32
  public var description: String

  public init(_ description: String, code: Int32 = Int32(ZOO_E_INVALID)) {
    self.code = code
    self.description = description
  }

  /// An option with a value that does not do: `options.NAME: must be …`.
  public static func option(_ name: String, _ text: String) -> ZooError {
    ZooError("options.\(name): \(text)")
  }
}

// The SDK's own sentences.
extension ZooError {
  static func badJSON(at byte: Int, _ why: String) -> ZooError {
    ZooError("options: bad JSON at byte \(byte): \(why)")
  }

  static func type(_ path: String, want: String, got: JSON) -> ZooError {
    ZooError("\(path): expected \(want), got \(got.kind)")
  }

  static func unknownKey(_ path: String, _ key: String, known: [String]) -> ZooError {
    let near = nearest(key, known).map { "; did you mean '\($0)'?" } ?? ";"
    let all = known.isEmpty ? "it takes none" : "known: " + known.joined(separator: ", ")
    return ZooError("\(path): unknown key '\(key)'\(near) \(all)")
  }

  init(_ error: DecodingError, at root: String) {
    func sentence(_ path: [any CodingKey], _ text: String) -> String {
      ([root] + path.map { optionKey($0.stringValue) }).joined(separator: ".") + ": " + text
    }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      self.init(sentence(context.codingPath, context.debugDescription))
    case .keyNotFound(let key, let context): self.init(sentence(context.codingPath + [key], "missing"))
    @unknown default: self.init("\(root): \(error)")
    }
  }

  static let closedGraph = ZooError(
    "a graph or tensor was used after its build returned; keep neither", code: Int32(ZOO_E_INVALID))

  static func foreign(_ operation: String) -> ZooError {
    ZooError("\(operation): a tensor of another build was used")
  }

  static func noComponent(_ type: String) -> ZooError { ZooError("\(type) is neither a Head nor a Backbone") }
  static let noInstance = ZooError("the host called without a component", code: Int32(ZOO_E_INTERNAL))
  static func unknownPhase(_ number: UInt32) -> ZooError {
    ZooError("phase \(number) is unknown to this plugin", code: Int32(ZOO_E_UNSUPPORTED))
  }
  static func noKeyMap(_ format: String, known: [String]) -> ZooError {
    ZooError(
      "no key map for the format '\(format)'"
        + (known.isEmpty ? "" : "; known: \(known.joined(separator: ", "))"),
      code: Int32(ZOO_E_UNSUPPORTED))
  }
  static func newerHost(_ what: String) -> ZooError {
    ZooError("this zoo is too old for \(what)", code: Int32(ZOO_E_UNSUPPORTED))
  }
}
