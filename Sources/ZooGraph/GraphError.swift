/// Why a graph cannot be built.
public enum GraphError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No such operation in this zoo.
  case unknownOperation(String, known: [String])
  /// An operation's attribute is missing, of the wrong type, out of range or unknown.
  case attribute(operation: String, String)
  /// Wrong number or type of inputs, or shapes that do not fit.
  case input(operation: String, String)
  case shape(String)
  /// A name that is used twice, or a value that is none of this graph's.
  case name(String)
  case noGradient(operation: String)

  public var description: String {
    switch self {
    case .unknownOperation(let name, let known):
      let near = known.filter { $0.hasPrefix(name + "@") || $0.prefix(4) == name.prefix(4) }
      return "this zoo has no operation '\(name)'"
        + (near.isEmpty ? "" : "; near it: \(near.joined(separator: ", "))")
    case .attribute(let operation, let text): return "\(operation): \(text)"
    case .input(let operation, let text): return "\(operation): \(text)"
    case .shape(let text): return text
    case .name(let text): return text
    case .noGradient(let operation): return "\(operation) has no gradient; use it after the loss, or stop there"
    }
  }
}
