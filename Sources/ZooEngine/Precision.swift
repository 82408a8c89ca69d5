import ZooGraph

/// What the operands of products and convolutions are. Sums, normalisation, softmax, losses, gradients of parameters,
/// weights and optimiser are float32 always.
public enum Precision: String, Sendable, CaseIterable {
  case float32 = "f32"
  case bfloat16 = "bf16"
}

/// What a user asks for; `auto` is bfloat16 where the processor multiplies it natively.
public enum PrecisionChoice: String, Sendable, CaseIterable { case f32, bf16, auto }

extension Engine {
  /// Whether bfloat16 is faster than float32 here: the processor has instructions for it, and the library uses them.
  /// Elsewhere libraries fall back to code that is slower by a factor of thousands.
  public var multipliesBFloat16: Bool {
    backend.takesBFloat16 && processor.features.contains { ["avx512_bf16", "amx_bf16"].contains($0) }
  }

  /// What a choice comes to here.
  /// - Throws: `EngineError.unavailable` for bfloat16 where there is no fast way to compute it.
  func resolve(_ choice: PrecisionChoice) throws(EngineError) -> Precision {
    switch choice {
    case .f32: return .float32
    case .auto: return multipliesBFloat16 ? .bfloat16 : .float32
    case .bf16:
      guard backend.takesBFloat16 else {
        throw .unavailable(engine: name, "it computes in float32 only; bf16 needs oneDNN")
      }
      guard multipliesBFloat16 else {
        throw .unavailable(engine: name, "this processor has no bfloat16 products (avx512_bf16 or amx_bf16)")
      }
      return .bfloat16
    }
  }
}

/// How a slot keeps its floats.
enum Storage: Hashable, Sendable {
  case float32, bfloat16
  /// As bytes that stand for them.
  case uint8(AffineQuantization)

  var size: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .uint8: 1
    }
  }
}
