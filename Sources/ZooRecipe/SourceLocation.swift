/// Where a value was written: a place in a file, or a command-line setting.
///
/// Two locations are equal when they name the same place; the text they carry for error messages is not
/// compared.
public struct SourceLocation: Sendable, Equatable, CustomStringConvertible {
  /// The file as the user named it, `NAME.tar:config.yaml` for a member of an archive, or the whole
  /// `--set a.b=c` for a value given on the command line.
  public let file: String
  /// Counted from 1; 0 where there is no line to name (a whole file, a command-line setting).
  public let line: Int
  /// Counted from 1 in Unicode scalars; in a command-line setting from its text's beginning; 0 where there is no place.
  public let column: Int
  let source: SourceText?

  /// A place without text behind it; errors there are shown without the line.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.init(file: file, line: line, column: column, source: nil)
  }

  init(file: String, line: Int, column: Int, source: SourceText?) {
    self.file = file
    self.line = line
    self.column = column
    self.source = source
  }

  /// The location of values made by the program itself.
  public static let generated = SourceLocation(file: "")

  /// True for values of `--set`, made values and whole files.
  public var isWithoutLine: Bool { line == 0 }

  /// `file:line:column`, or the file or setting alone.
  public var description: String { line == 0 ? file : "\(file):\(line):\(column)" }

  /// The folder that relative paths written here are relative to; empty for the current one.
  public var folder: String { source?.folder ?? folderOf(file) }

  public static func == (a: SourceLocation, b: SourceLocation) -> Bool {
    a.file == b.file && a.line == b.line && (a.line == 0 || a.column == b.column)
  }
}

/// The text that locations point into, kept so that an error can show its line.
final class SourceText: Sendable {
  let name: String
  let folder: String
  let bytes: [UInt8]

  init(name: String, folder: String, bytes: [UInt8]) {
    self.name = name
    self.folder = folder
    self.bytes = bytes
  }

  /// The line with that number (from 1), without its break; invalid UTF-8 is shown as U+FFFD.
  func line(_ number: Int) -> String? {
    guard number >= 1 else { return nil }
    var start = 0
    var current = 1
    while current < number {
      guard let next = endOfLine(from: start).next else { return nil }
      start = next
      current += 1
    }
    return String(decoding: bytes[start..<endOfLine(from: start).end], as: UTF8.self)
  }

  /// Line and column (from 1) of a byte offset.
  func position(of offset: Int) -> (line: Int, column: Int) {
    var start = 0
    var line = 1
    while let next = endOfLine(from: start).next, next <= offset {
      start = next
      line += 1
    }
    let upTo = min(max(offset, start), bytes.count)
    let column = String(decoding: bytes[start..<upTo], as: UTF8.self).unicodeScalars.count + 1
    return (line, column)
  }

  /// libyaml breaks lines at CR, LF, CR LF, NEL, LS and PS; so must we, for its line numbers to fit.
  func endOfLine(from start: Int) -> (end: Int, next: Int?) {
    var at = start
    while at < bytes.count {
      switch bytes[at] {
      case 0x0A: return (at, at + 1)
      case 0x0D: return (at, has(0x0A, at: at + 1) ? at + 2 : at + 1)
      case 0xC2 where has(0x85, at: at + 1): return (at, at + 2)
      case 0xE2 where has(0x80, at: at + 1) && (has(0xA8, at: at + 2) || has(0xA9, at: at + 2)):
        return (at, at + 3)
      default: at += 1
      }
    }
    return (at, nil)
  }

  private func has(_ byte: UInt8, at index: Int) -> Bool { index < bytes.count && bytes[index] == byte }
}

/// `a/b/c.yaml` gives `a/b`, `c.yaml` gives the empty text, `/c.yaml` gives `/`.
func folderOf(_ path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "" }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// A path seen from a folder; absolute paths stay as they are.
func joinPath(_ folder: String, _ path: String) -> String {
  if path.hasPrefix("/") || folder.isEmpty || folder == "." { return path }
  return folder.hasSuffix("/") ? folder + path : folder + "/" + path
}
