import ZooEngine

/// Why something cannot be indexed or searched. Errors of files come from the room of archives.
public enum RetrieveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An array that is none of embeddings.
  case array(file: String, String)
  /// A row that cannot be compared with others.
  case row(file: String, row: Int, String)
  /// A folder that is no index, or not a sound one.
  case index(String, String)
  /// Queries that do not fit what they are to be compared with.
  case queries(String)
  /// A measure that these data do not allow.
  case measure(String)
  case engine(String)

  public var description: String {
    switch self {
    case .array(let file, let text), .index(let file, let text): "\(file): \(text)"
    case .row(let file, let row, let text): "\(file): row \(row) \(text)"
    case .queries(let text), .measure(let text), .engine(let text): text
    }
  }
}
