import ZooArchive

/// An array of a checkpoint, or one layer of an array that stacks them.
struct CheckpointArray: Sendable {
  /// As the file names it.
  let source: String
  /// Of the layer alone where there is one.
  let shape: [Int]
  /// Position along the file's first axis, for layers that a scan stacked.
  let layer: Int?
}

/// A checkpoint's arrays under the names that key maps use, whichever release of a library wrote them.
struct CheckpointNames {
  private var arrays: [String: (source: String, shape: [Int])] = [:]
  /// Every array in the file's order, with the number of times it has to be used.
  private var wanted: [(source: String, uses: Int)] = []
  /// Position embeddings that have no row for the class token, which is added after them.
  private(set) var barePositions: Set<String> = []

  init(_ file: any TensorFile, _ source: CheckpointSource) throws {
    for stored in file.tensorNames {
      let (name, shape) = (Self.canonical(stored, source), try file.shape(of: stored))
      let isStack = name.hasPrefix(Self.stack)
      if name == Self.positions, !stored.hasSuffix(Self.positions) { barePositions.insert(stored) }
      wanted.append((stored, isStack ? max(1, shape.first ?? 1) : 1))
      // Of two arrays that mean the same the first counts; the other is left over, and said to be.
      if arrays[name] == nil { arrays[name] = (stored, shape) }
    }
  }

  /// The array of a name; a layer of a stacked one where there is none of its own.
  func array(_ name: String) -> CheckpointArray? {
    if let found = arrays[name] { return CheckpointArray(source: found.source, shape: found.shape, layer: nil) }
    guard name.hasPrefix(Self.layer) else { return nil }
    let parts = name.dropFirst(Self.layer.count).split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let layer = Int(parts[0]), let found = arrays[Self.stack + parts[1]],
      let depth = found.shape.first, layer >= 0, layer < depth
    else { return nil }
    return CheckpointArray(source: found.source, shape: Array(found.shape.dropFirst()), layer: layer)
  }

  /// Arrays that were not used as often as they have layers, in the file's order.
  func unused(after used: [CheckpointArray]) -> [String] {
    var counts: [String: Int] = [:]
    for array in used { counts[array.source, default: 0] += 1 }
    return wanted.compactMap { array in
      let count = counts[array.source] ?? 0
      guard count != array.uses else { return nil }
      return count == 0 ? array.source : "\(array.source) (\(array.uses) layers, \(count) wanted)"
    }
  }

  private static let layer = "Transformer/encoderblock_"
  private static let stack = "Transformer/encoderblock/"

  /// A name as the key maps have it.
  static func canonical(_ name: String, _ source: CheckpointSource) -> String {
    switch source {
    case .official: official(name)
    case .timm: name
    // A bare ViTModel has no prefix.
    case .hf: bare.contains { name.hasPrefix($0) } ? "vit." + name : name
    }
  }

  private static let bare = ["embeddings.", "encoder.layer.", "layernorm.", "pooler."]

  /// Wrappers of training code, and the names that layers had before and after Flax numbered them anew
  /// (google-research/vision_transformer, `convert_pre_linen`).
  private static func official(_ name: String) -> String {
    var rest = name[...]
    for prefix in ["opt/target/", "optimizer/target/", "target/", "params/", "img/"] where rest.hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.count)
    }
    if rest == "pos_embedding" { return positions }
    let inBlock = rest.hasPrefix(layer) || rest.hasPrefix(stack)
    return rest.split(separator: "/", omittingEmptySubsequences: false).map { part in
      if part.hasPrefix("standardized_conv2d_") { return "standardized_conv2d" }
      guard inBlock else { return String(part) }
      return switch part {
      case "LayerNorm_1": "LayerNorm_2"
      case "MultiHeadDotProductAttention_0": "MultiHeadDotProductAttention_1"
      case "MlpBlock_0": "MlpBlock_3"
      default: String(part)
      }
    }.joined(separator: "/")
  }

  private static let positions = "Transformer/posembed_input/pos_embedding"
}
