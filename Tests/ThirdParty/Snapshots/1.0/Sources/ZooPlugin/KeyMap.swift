/// A checkpoint format, and the options of a model that computes as the format's library does: epsilons, the
/// form of GELU. An importer takes them where the user says nothing.
public struct CheckpointFormat<Options: Config>: Sendable {
  public let name: String
  let numerics: @Sendable (inout Options) -> Void

  public init(_ name: String, numerics: @escaping @Sendable (inout Options) -> Void = { _ in }) {
    (self.name, self.numerics) = (name, numerics)
  }

  /// The options that differ from the defaults.
  func differences() throws -> JSON {
    var options = Options()
    numerics(&options)
    guard case .object(let plain) = try JSON(encoding: Options()),
      case .object(let changed) = try JSON(encoding: options)
    else { return .object([]) }
    return .object(zip(plain, changed).filter { $0.1.description != $1.1.description }.map(\.1))
  }
}

/// Where one parameter comes from in a checkpoint.
public struct KeyMapEntry: Sendable {
  public var parameter: String
  /// One array, or several that the transform joins.
  public var sources: [String]
  public var transform: KeyMapTransform

  public init(_ parameter: String, _ sources: [String], _ transform: KeyMapTransform = .identity) {
    (self.parameter, self.sources, self.transform) = (parameter, sources, transform)
  }
}

/// How checkpoint arrays become a parameter. The importer carries it out, and its inverse for an export;
/// `in`, `out` and `[heads, head]` name the source's dimensions.
public struct KeyMapTransform: Sendable, Equatable {
  public let name: String
  public init(_ name: String) { self.name = name }
  /// As it is.
  public static let identity = KeyMapTransform("identity")
  /// Dimensions of 1 are dropped or added to fit: norms stored as [1, 1, 1, c].
  public static let squeeze = KeyMapTransform("squeeze")
  /// [in, out] -> [out, in].
  public static let transpose = KeyMapTransform("transpose")
  /// [height, width, in, out] -> [out, in, height, width].
  public static let hwioToOIHW = KeyMapTransform("hwio-to-oihw")
  /// [1, 1, in, out] -> [out, in].
  public static let hwioToLinear = KeyMapTransform("hwio-to-linear")
  /// [out, in, 1, 1] -> [out, in].
  public static let oihwToLinear = KeyMapTransform("oihw-to-linear")
  /// Query, key and value, each [in, heads, head] -> [3·out, in].
  public static let qkvKernel = KeyMapTransform("qkv-kernel")
  /// Query, key and value, each [heads, head] -> [3·out].
  public static let qkvBias = KeyMapTransform("qkv-bias")
  /// [heads, head, out] -> [out, heads·head].
  public static let attentionOutput = KeyMapTransform("attention-output")
  /// Several arrays joined along their first dimension.
  public static let concatenate = KeyMapTransform("concatenate")
}

extension JSON {
  init(keyMap entries: [KeyMapEntry]) {
    let items = entries.map { entry in
      JSON.object([
        ("parameter", .string(entry.parameter)), ("sources", .array(entry.sources.map(JSON.string))),
        ("transform", .string(entry.transform.name))
      ])
    }
    self = .object([("entries", .array(items))])
  }
}

/// How a parameter follows another image or patch size.
public struct Adaptation: Sendable {
  public var parameter: String
  let kind: String
  /// Leading rows that are no positions (a class token's).
  public var prefix: Int

  /// Position embeddings [1, prefix + rows·columns, width] of a grid of patches, resized as an image.
  public static func grid(_ parameter: String, prefix: Int) -> Adaptation {
    Adaptation(parameter: parameter, kind: "grid", prefix: prefix)
  }

  /// The kernel of a patch embedding, [out, in, size, size]: another size gives what it would give for patches resized.
  public static func patch(_ parameter: String) -> Adaptation {
    Adaptation(parameter: parameter, kind: "patch", prefix: 0)
  }

  var json: JSON {
    .object([("parameter", .string(parameter)), ("kind", .string(kind)), ("prefix", .int(prefix))])
  }
}
