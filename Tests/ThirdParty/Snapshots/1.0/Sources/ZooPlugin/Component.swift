/// Options of a component: a struct whose properties have defaults.
///
/// An option is written `layer-norm-epsilon` where its property is `layerNormEpsilon`. Unknown options and
/// wrong types are refused by name before a component is made.
public protocol Config: Codable, Sendable { init() }

/// For components without options.
public struct NoOptions: Config { public init() {} }

/// An option with a few words to choose from: `enum Pool: String, Choice { case token, mean }`.
public protocol Choice: RawRepresentable, Codable, CaseIterable, Sendable where RawValue == String {}

extension Choice {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(rawValue: text) else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected one of \(known), got '\(text)'")
    }
    self = value
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// Options that have a name of their own, such as `vit-b16`.
public struct Variant<Options: Config>: Sendable {
  public let name: String
  public let options: Options
  public init(_ name: String, _ options: Options) { (self.name, self.options) = (name, options) }
}

/// What every component is. Write a `Backbone` or a `Head`.
public protocol Component {
  associatedtype Options: Config = NoOptions
  /// `[a-z0-9-]`, unique among components of its kind.
  static var name: String { get }
  /// One line.
  static var summary: String { get }
  static var version: String { get }
  static var variants: [Variant<Options>] { get }
  /// - Throws: `ZooError.option` where an option's value does not do.
  init(_ options: Options) throws
}

extension Component {
  public static var summary: String { "" }
  public static var version: String { "1.0" }
  public static var variants: [Variant<Options>] { [] }
}

/// A feature extractor: an image in, named activations out.
public protocol Backbone: Component {
  var declaration: BackboneDeclaration { get }
  /// How parameters follow another image size; none by default.
  var adaptations: [Adaptation] { get }
  /// Checkpoint formats that `keyMap` knows.
  static var checkpointFormats: [CheckpointFormat<Options>] { get }
  /// How a checkpoint format names and lays out the parameters. Entries for a linear classifier have the
  /// parameters `head.weight` and `head.bias`.
  func keyMap(_ format: String) -> [KeyMapEntry]
  func build(_ g: BackboneGraph) throws
}

extension Backbone {
  public var adaptations: [Adaptation] { [] }
  public static var checkpointFormats: [CheckpointFormat<Options>] { [] }
  public func keyMap(_ format: String) -> [KeyMapEntry] { [] }
}

/// A task head: activations in, outputs and a loss out.
public protocol Head: Component {
  /// The activations it reads.
  static var inputs: [String] { get }
  static var target: TargetKind { get }
  static var outputs: [HeadOutput] { get }
  /// The metrics that suit it; the first is the one to watch.
  static var metrics: [String] { get }
  /// Whether an example's loss depends on others of its batch, which forbids micro-batches.
  static var couplesExamples: Bool { get }
  /// From the above; write it where it depends on the options.
  var declaration: HeadDeclaration { get }
  func build(_ g: HeadGraph) throws
}

extension Head {
  public static var inputs: [String] { ["pooled"] }
  public static var target: TargetKind { .class }
  public static var outputs: [HeadOutput] { [HeadOutput("logits", .softmax)] }
  public static var metrics: [String] { target == .class ? ["top-1", "top-5"] : [] }
  public static var couplesExamples: Bool { false }
  public var declaration: HeadDeclaration {
    HeadDeclaration(
      inputs: Self.inputs, target: Self.target, outputs: Self.outputs, metrics: Self.metrics,
      couplesExamples: Self.couplesExamples)
  }
}

/// A head with a metric of its own.
public protocol HeadMetric: Head {
  /// A metric that the declaration names and the host does not know.
  /// - Parameter arrays: the outputs, targets and weights of a whole evaluation.
  func metric(_ name: String, _ arrays: HostArrays) throws -> Double
}

/// A head that turns its outputs into predictions itself.
public protocol HeadDecoder: Head {
  /// A JSON array with one prediction for each row of the outputs.
  func decode(_ outputs: HostArrays) throws -> String
}
