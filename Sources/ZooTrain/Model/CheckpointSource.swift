import ZooHost

/// The library whose names and layouts a checkpoint has.
public enum CheckpointSource: String, Sendable, CaseIterable {
  /// The JAX and TensorFlow releases: names of layers parted by `/`, kernels [height, width, in, out].
  case official
  case timm
  /// Hugging Face transformers.
  case hf

  /// The source that the arrays' names speak of; nil where they tell nothing.
  public static func recognise(_ names: [String]) -> CheckpointSource? {
    let signs: [(source: CheckpointSource, sign: (String) -> Bool)] = [
      (.official, { $0.hasPrefix("resnet/") || $0.hasPrefix("Transformer/") || $0 == "embedding/kernel" }),
      (.hf, { $0.hasPrefix("vit.") }),
      (.timm, { $0.hasPrefix("blocks.") || $0.hasPrefix("stages.") || $0 == "patch_embed.proj.weight" }),
    ]
    return signs.first { candidate in
      names.contains { candidate.sign(CheckpointNames.canonical($0, candidate.source)) }
    }?.source
  }

  /// The format under which a backbone's key map knows it.
  func checked(for component: Component) throws -> CheckpointSource {
    let known = try component.description().formats.map(\.name)
    guard known.contains(rawValue) else {
      let list = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
      throw TrainError.model("backbone '\(component.name)'", "has no key map of the format '\(rawValue)'; \(list)")
    }
    return self
  }
}
