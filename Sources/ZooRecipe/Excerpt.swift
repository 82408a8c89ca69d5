/// The line an error points at, or the command-line setting, with a caret under the column.
struct Excerpt {
  private let number: String
  private let line: String
  private let indent: String

  private static let width = 100

  init?(_ location: SourceLocation) {
    let isSetting = location.line == 0 && location.column > 0
    guard let text = location.source?.line(isSetting ? 1 : location.line) else { return nil }
    let scalars = Array(text.unicodeScalars)
    let caret = min(max(location.column - 1, 0), scalars.count)
    // A long line is shown around the caret only.
    let from = caret > Self.width ? caret - Self.width / 2 : 0
    let to = min(scalars.count, from + Self.width)
    let lead = from > 0 ? "…" : ""
    number = isSetting ? "--set" : String(location.line)
    line = lead + shown(scalars[from..<to]) + (to < scalars.count ? "…" : "")
    let before = String(scalars[from..<caret].map { $0 == "\t" ? Character("\t") : Character(" ") })
    indent = (from > 0 ? " " : "") + before
  }

  func text(hint: String?) -> String {
    let margin = String(repeating: " ", count: max(5 - number.count, 1))
    let blank = String(repeating: " ", count: margin.count + number.count)
    return "\(margin)\(number) | \(line)\n\(blank) | \(indent)^" + (hint.map { " " + $0 } ?? "")
  }
}

private func shown(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
  var text = String.UnicodeScalarView()
  text.append(contentsOf: scalars.map { isControl($0) && $0 != "\t" ? "\u{FFFD}" : $0 })
  return String(text)
}

/// Text from a file as it may be shown on a terminal: no control characters, one line, clipped.
func printable(_ text: String, limit: Int = 60) -> String {
  var result = String.UnicodeScalarView()
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return String(result) + "…" }
    result.append(isControl(scalar) ? "\u{FFFD}" : scalar)
    count += 1
  }
  return String(result)
}

/// Control and format characters could move the cursor or reorder what is read.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
  default: false
  }
}
