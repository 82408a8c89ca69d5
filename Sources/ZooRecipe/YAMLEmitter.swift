/// A node as YAML that reads back as the same node: block style, lists of scalars on one line while they fit.
/// The same node gives the same bytes.
///
/// - Parameter origins: end each line with `# file:line` of its value.
public func yamlText(of node: YAMLNode, origins: Bool = false) -> String {
  var emitter = YAMLEmitter()
  switch node.content {
  case .mapping(let entries) where !entries.isEmpty: emitter.mapping(entries, indent: 0)
  case .sequence(let items) where !items.isEmpty: emitter.sequence(items, indent: 0)
  default: emitter.line(flowText(of: node), at: node.location)
  }
  return emitter.text(origins: origins)
}

private struct YAMLEmitter {
  private var lines: [(text: String, location: SourceLocation)] = []
  private static let width = 100

  mutating func line(_ text: String, at location: SourceLocation) { lines.append((text, location)) }

  mutating func mapping(_ entries: [YAMLEntry], indent: Int, lead: String = "") {
    for (index, entry) in entries.enumerated() {
      let start = index == 0 && !lead.isEmpty ? lead : spaces(indent)
      value(entry.value, after: start + scalarText(entry.key) + ":", at: entry.keyLocation, indent: indent)
    }
  }

  mutating func sequence(_ items: [YAMLNode], indent: Int) {
    for item in items {
      if let entries = item.entries, !entries.isEmpty {
        mapping(entries, indent: indent + 2, lead: spaces(indent) + "- ")
      } else {
        value(item, after: spaces(indent) + "-", at: item.location, indent: indent)
      }
    }
  }

  private mutating func value(_ node: YAMLNode, after start: String, at key: SourceLocation, indent: Int) {
    switch node.content {
    case .mapping(let entries) where !entries.isEmpty:
      line(start, at: key)
      mapping(entries, indent: indent + 2)
    case .sequence(let items) where !items.isEmpty:
      let text = items.allSatisfy({ $0.entries == nil && $0.items == nil }) ? flowText(of: node) : nil
      if let text, start.count + 1 + text.count <= Self.width {
        line(start + " " + text, at: node.location)
      } else {
        line(start, at: key)
        sequence(items, indent: indent + 2)
      }
    default:
      line(start + " " + flowText(of: node), at: node.location)
    }
  }

  func text(origins: Bool) -> String {
    guard origins else { return lines.map { $0.text + "\n" }.joined() }
    let column = min(lines.map(\.text.count).max() ?? 0, 48)
    return lines.map { line in
      let place =
        line.location.isWithoutLine
        ? line.location.file : "\(line.location.file):\(line.location.line)"
      if place.isEmpty { return line.text + "\n" }
      return line.text + spaces(max(column - line.text.count, 0)) + "  # " + printable(place, limit: 160)
        + "\n"
    }.joined()
  }
}

private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

private func flowText(of node: YAMLNode) -> String {
  switch node.content {
  case .mapping(let entries):
    "{" + entries.map { scalarText($0.key) + ": " + flowText(of: $0.value) }.joined(separator: ", ") + "}"
  case .sequence(let items): "[" + items.map(flowText).joined(separator: ", ") + "]"
  case .scalar(let text, let plain): scalarText(text, plain: plain)
  }
}

/// A plain scalar that is no text (a number, true, null) stays plain; text is quoted unless it is harmless.
private func scalarText(_ text: String, plain: Bool = false) -> String {
  switch YAMLScalar(text, plain: plain) {
  case .null: "null"
  case .bool(let value): String(value)
  case .integer(let number), .float(let number): number
  case .text(let text): isHarmless(text) ? text : quoted(text)
  }
}

/// Words other YAML readers take for something else.
private let reserved: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

private func isHarmless(_ text: String) -> Bool {
  guard let first = text.utf8.first, isLetter(first) || first == 0x5F || first == 0x2F else { return false }
  let inside = text.utf8.allSatisfy { byte in
    isLetter(byte) || (0x30...0x39).contains(byte) || [0x20, 0x2B, 0x2D, 0x2E, 0x2F, 0x5F].contains(byte)
  }
  return inside && text.utf8.last != 0x20 && text.utf8.count <= 200 && !reserved.contains(text.lowercased())
}

private func isLetter(_ byte: UInt8) -> Bool {
  (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}

/// A text in double quotes; what YAML does not allow to stand as it is, is escaped.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x22: result += "\\\""
    case 0x5C: result += "\\\\"
    case 0x09: result += "\\t"
    case 0x0A: result += "\\n"
    case 0x0D: result += "\\r"
    case 0..<0x20, 0x7F..<0xA1: result += "\\x" + hexadecimal(scalar.value, digits: 2)
    case 0x2000...0x206F, 0xFDD0...0xFDEF, 0xFEFF, 0xFFF0...0xFFFF:
      result += "\\u" + hexadecimal(scalar.value, digits: 4)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
