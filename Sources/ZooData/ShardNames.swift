import Glibc

/// The files that a pattern names, in byte order within each part of it: `{000..127}` counts (with the width of its
/// numbers), `{a,b}` lists, `*`, `?` and `[…]` match names of files.
///
/// - Throws: `DataError.shardPattern` for a broken pattern, `DataError.noShards` where some part names no file.
public func shardFiles(_ pattern: String) throws -> [String] {
  var files: [String] = []
  for name in try expandedBraces(pattern, pattern) {
    if name.contains(where: { "*?[".contains($0) }) {
      let found = matchingFiles(name)
      guard !found.isEmpty else { throw DataError.noShards(name) }
      files += found
    } else {
      guard fileKind(name) == .regular else { throw DataError.noShards(name) }
      files.append(name)
    }
  }
  return files
}

private let maximumShards = 1_000_000
private let maximumBraces = 16

private func expandedBraces(_ text: String, _ pattern: String, depth: Int = 0) throws -> [String] {
  guard depth <= maximumBraces else {
    throw DataError.shardPattern(visible(pattern), reason: "more than \(maximumBraces) braces")
  }
  guard let open = text.firstIndex(of: "{") else { return [text] }
  guard let close = text[open...].firstIndex(of: "}") else {
    throw DataError.shardPattern(pattern, reason: "'{' without '}'")
  }
  let inside = text[text.index(after: open)..<close]
  let tails = try expandedBraces(String(text[text.index(after: close)...]), pattern, depth: depth + 1)
  let choices = try inside.contains("..") ? counted(inside, pattern) : inside.split(separator: ",").map(String.init)
  guard !choices.isEmpty else { throw DataError.shardPattern(pattern, reason: "nothing between '{' and '}'") }
  guard choices.count <= maximumShards / tails.count else {
    throw DataError.shardPattern(pattern, reason: "names more than \(maximumShards) files")
  }
  return choices.flatMap { choice in tails.map { text[..<open] + choice + $0 } }
}

/// `000..127`: as wide as its first number.
private func counted(_ range: Substring, _ pattern: String) throws -> [String] {
  let ends = range.split(separator: "..", omittingEmptySubsequences: false)
  guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first >= 0, first <= last,
    last - first < maximumShards
  else {
    throw DataError.shardPattern(pattern, reason: "'{\(range)}' counts from a number up to another, as {000..127}")
  }
  return (first...last).map { number in
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, ends[0].utf8.count - digits.utf8.count)) + digits
  }
}

private func matchingFiles(_ pattern: String) -> [String] {
  var matches = glob_t()
  defer { globfree(&matches) }
  guard glob(pattern, GLOB_NOSORT, nil, &matches) == 0, let paths = matches.gl_pathv else { return [] }
  return (0..<Int(matches.gl_pathc)).compactMap { paths[$0].flatMap { String(validatingCString: $0) } }
    .filter { fileKind($0) == .regular }.sorted(by: bytewise)
}
