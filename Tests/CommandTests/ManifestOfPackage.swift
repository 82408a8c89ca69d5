/// What `Package.swift` says of its targets, read from its text: `swift package dump-package` compiles the manifest first.
struct ManifestOfPackage {
  struct Target: Equatable {
    let name: String
    /// Where its sources are, below the package's folder.
    let path: String
    /// Every name in its list of dependencies: targets, and products of other packages.
    let dependencies: Set<String>
    /// As an import names it.
    var module: String { name.replacing("-", with: "_") }
  }

  private(set) var targets: [Target] = []

  init(_ text: String) {
    let tokens = Self.tokens(text)
    var index = 0
    while index + 1 < tokens.count {
      let (word, end) = (tokens[index], Self.end(of: index + 1, in: tokens))
      guard tokens[index + 1] == .mark("("), let folder = Self.folder(of: word) else {
        index += 1
        continue
      }
      // `func plugin(_ name: …)` and the call in its body have no literal for a name.
      if let target = Self.target(Array(tokens[(index + 2)..<end]), in: folder) {
        targets.append(target)
        index = end
      } else {
        index += 1
      }
    }
  }

  /// Where targets of this kind are unless they say so; nil for words that declare none.
  private static func folder(of word: Token) -> String? {
    switch word {
    case .word("target"), .word("executableTarget"), .word("systemLibrary"): "Sources"
    case .word("testTarget"): "Tests"
    case .word("plugin"): "Plugins"
    default: nil
    }
  }

  /// A target from what stands between its parentheses.
  private static func target(_ tokens: [Token], in folder: String) -> Target? {
    if folder == "Plugins" {
      let names = tokens.compactMap(\.literal)
      guard let name = names.first, tokens.first == .literal(name) else { return nil }
      return Target(name: name, path: "Plugins/\(names.last ?? name)", dependencies: ["ZooPlugin"])
    }
    guard let name = value(of: "name", in: tokens).first?.literal else { return nil }
    let path = value(of: "path", in: tokens).first?.literal
    return Target(
      name: name, path: path ?? "\(folder)/\(name)",
      dependencies: Set(value(of: "dependencies", in: tokens).compactMap(\.literal)))
  }

  /// The tokens of an argument: one, or all of a bracketed list. Labels within nested brackets are others'.
  private static func value(of label: String, in tokens: [Token]) -> ArraySlice<Token> {
    var index = 0
    while index + 2 < tokens.count {
      if tokens[index] == .word(label), tokens[index + 1] == .mark(":") {
        return tokens[(index + 2)...max(index + 2, min(end(of: index + 2, in: tokens), tokens.count - 1))]
      }
      index = max(index + 1, end(of: index, in: tokens))
    }
    return []
  }

  /// The place of the bracket that closes the one at `start`; `start` where there is none.
  private static func end(of start: Int, in tokens: [Token]) -> Int {
    guard start < tokens.count, tokens[start] == .mark("(") || tokens[start] == .mark("[") else { return start }
    var depth = 0
    for index in start..<tokens.count {
      if tokens[index] == .mark("(") || tokens[index] == .mark("[") { depth += 1 }
      if tokens[index] == .mark(")") || tokens[index] == .mark("]") { depth -= 1 }
      if depth == 0 { return index }
    }
    return start
  }

  // MARK: - Tokens

  private enum Token: Equatable {
    case word(String), literal(String), mark(Character)
    var literal: String? { if case .literal(let text) = self { text } else { nil } }
  }

  /// Words, texts and marks; comments are nothing.
  private static func tokens(_ text: String) -> [Token] {
    var (tokens, rest) = ([Token](), Substring(text))
    while let first = rest.first {
      if rest.hasPrefix("//") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        rest = rest.firstRange(of: "*/").map { rest[$0.upperBound...] } ?? ""
      } else if first == "\"" {
        var literal = ""
        rest = rest.dropFirst()
        while let next = rest.popFirst(), next != "\"" {
          literal.append(next)
          if next == "\\", let escaped = rest.popFirst() { literal.append(escaped) }
        }
        tokens.append(.literal(literal))
      } else if first.isLetter || first == "_" {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        tokens.append(.word(String(word)))
        rest = rest.dropFirst(word.count)
      } else {
        if !first.isWhitespace { tokens.append(.mark(first)) }
        rest = rest.dropFirst()
      }
    }
    return tokens
  }
}
