/// Why texts cannot be made into labels.
public enum AnnotateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A record that cannot be read: its file, its line (from 1) and what is wrong.
  case record(file: String, line: Int, String)
  /// A file that cannot be used.
  case file(String, String)
  /// Settings that cannot be met, in words for whoever wrote them.
  case settings(String)

  public var description: String {
    switch self {
    case .record(let file, let line, let text): "\(file):\(line): \(text)"
    case .file(let file, let text): "\(file): \(text)"
    case .settings(let text): text
    }
  }
}
