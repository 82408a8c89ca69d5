/// Why something cannot be computed here.
public enum EngineError: Error, Sendable, CustomStringConvertible {
  /// An engine's library is absent or unfit; the text says which package brings it.
  case unavailable(engine: String, String)
  /// No engine at all.
  case noEngine([String])
  /// An operation that no kernel computes, or a library that refused a plan.
  case plan(operation: String, String)
  /// A run failed.
  case run(String)
  /// A parameter, input or output that a program does not have, or with another size.
  case binding(String)
  case memory(bytes: Int)

  public var description: String {
    switch self {
    case .unavailable(let engine, let text): return "engine '\(engine)' cannot be used: \(text)"
    case .noEngine(let texts):
      return "no engine can be used; install libdnnl2 or libopenblas0\n"
        + texts.map { "  " + $0 }.joined(separator: "\n")
    case .plan(let operation, let text): return "cannot plan \(operation): \(text)"
    case .run(let text): return "computation failed: \(text)"
    case .binding(let text): return text
    case .memory(let bytes): return "cannot allocate \(bytes / 1_048_576) MB"
    }
  }
}
