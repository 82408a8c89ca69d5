/// Text from files as it may go to a terminal: control and format characters, which could move the cursor or turn the
/// reading order, become U+FFFD, and what is longer than a screen is cut.
public func visible(_ text: String) -> String {
  var out = ""
  for (count, scalar) in text.unicodeScalars.enumerated() {
    if count == 2000 { return out + "…" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: out += "\u{FFFD}"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out
}
