/// A node of a parsed YAML document, with the place it was written.
///
/// Nodes compare by meaning (`YAMLScalar`, order of keys), not by style and place: `a` equals `"a"`.
public struct YAMLNode: Sendable, Equatable {
  public enum Content: Sendable {
    /// `plain` is false for quoted and block scalars, which are always text.
    case scalar(String, plain: Bool)
    case sequence([YAMLNode])
    /// In the order written; keys are distinct.
    case mapping([YAMLEntry])
  }

  public var content: Content
  public var location: SourceLocation

  public init(_ content: Content, at location: SourceLocation = .generated) {
    self.content = content
    self.location = location
  }

  public static func == (a: YAMLNode, b: YAMLNode) -> Bool {
    switch (a.content, b.content) {
    case (.scalar, .scalar): a.scalar == b.scalar
    case (.sequence(let a), .sequence(let b)): a == b
    case (.mapping(let a), .mapping(let b)): a == b
    default: false
    }
  }
}

/// One `key: value` of a mapping.
public struct YAMLEntry: Sendable, Equatable {
  public var key: String
  public var keyLocation: SourceLocation
  public var value: YAMLNode

  public init(_ key: String, _ value: YAMLNode, at keyLocation: SourceLocation = .generated) {
    self.key = key
    self.keyLocation = keyLocation
    self.value = value
  }

  public static func == (a: YAMLEntry, b: YAMLEntry) -> Bool { a.key == b.key && a.value == b.value }
}

extension YAMLNode {
  /// The entries of a mapping, or nil.
  public var entries: [YAMLEntry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The items of a sequence, or nil.
  public var items: [YAMLNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  /// The value under a key of a mapping; nil for other nodes and absent keys.
  public subscript(_ key: String) -> YAMLNode? { entry(key)?.value }

  /// The entry under a key of a mapping; nil for other nodes and absent keys.
  public func entry(_ key: String) -> YAMLEntry? { entries?.first { $0.key == key } }

  /// Nodes made in code.
  public static func text(_ value: String) -> YAMLNode { YAMLNode(.scalar(value, plain: false)) }
  public static func int(_ value: Int) -> YAMLNode { YAMLNode(.scalar(String(value), plain: true)) }
  public static func bool(_ value: Bool) -> YAMLNode { YAMLNode(.scalar(String(value), plain: true)) }
  /// Finite numbers only have a YAML number; the others become text.
  public static func double(_ value: Double) -> YAMLNode {
    YAMLNode(.scalar(value.description, plain: value.isFinite))
  }
  public static func list(_ items: [YAMLNode]) -> YAMLNode { YAMLNode(.sequence(items)) }
  public static func map(_ entries: [(String, YAMLNode)]) -> YAMLNode {
    YAMLNode(.mapping(entries.map { YAMLEntry($0.0, $0.1) }))
  }
}
