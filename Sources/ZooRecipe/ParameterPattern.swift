/// Which parameters something holds for: one language for groups, freezing and adapters.
///
/// - `blocks.*.attn.*`: a name; `*` stands for any characters (dots too), `?` for one.
/// - `depth 0..3`, `depth ..3`, `depth 4..`, `depth 2`: parameters of the backbone by their depth, both ends counted; 0 is
///   the stem, then the blocks.
/// - `head label`, `head *`: parameters of heads by the head's name.
/// - `backbone`: everything that is no head's.
public struct ParameterPattern: Sendable, Equatable, CustomStringConvertible {
  enum Form: Sendable, Equatable {
    case name(String)
    case depth(ClosedRange<Int>)
    case head(String)
    case backbone
  }

  let form: Form
  /// As written.
  public let description: String

  /// - Returns: nil for a text that begins as a range of depths and is none, or that is empty.
  public init?(_ text: String) {
    description = text
    let words = text.split(separator: " ", omittingEmptySubsequences: true)
    switch (words.first, words.count) {
    case ("backbone", 1): form = .backbone
    case ("head", 2): form = .head(String(words[1]))
    case ("depth", 2):
      guard let range = Self.depths(String(words[1])) else { return nil }
      form = .depth(range)
    case (_, 1): form = .name(text)
    default: return nil
    }
  }

  /// `2`, `0..3`, `..3` or `4..`.
  private static func depths(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    func end(_ text: String, _ fallback: Int) -> Int? {
      if text.isEmpty { return fallback }
      return text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
    switch ends.count {
    case 1:
      guard !text.isEmpty, let only = end(text, 0) else { return nil }
      return only...only
    case 3 where ends[1].isEmpty && text != "..":
      guard let low = end(ends[0], 0), let high = end(ends[2], Int.max), low <= high else { return nil }
      return low...high
    default: return nil
    }
  }

  /// - Parameters:
  ///   - name: as archives have it (`blocks.0.attn.qkv.weight`, `heads.label.weight`).
  ///   - depth: of the parameter in its backbone.
  ///   - head: the head it belongs to; nil for the backbone's.
  public func matches(name: String, depth: Int, head: String?) -> Bool {
    switch form {
    case .name(let glob): globMatches(glob, name)
    case .depth(let range): head == nil && range.contains(depth)
    case .head(let glob): head.map { globMatches(glob, $0) } ?? false
    case .backbone: head == nil
    }
  }
}

/// Whether a text fits a pattern of `*` and `?`: the last star is moved on where the rest does not fit, so the time is at
/// most the product of the lengths.
func globMatches(_ pattern: String, _ text: String) -> Bool {
  let (pattern, text) = (Array(pattern.unicodeScalars), Array(text.unicodeScalars))
  var (at, place, star, retry) = (0, 0, Int?.none, 0)
  while place < text.count {
    if at < pattern.count, pattern[at] == "*" {
      (star, retry) = (at, place)
      at += 1
    } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[place] {
      at += 1
      place += 1
    } else if let last = star {
      retry += 1
      (at, place) = (last + 1, retry)
    } else {
      return false
    }
  }
  return pattern[at...].allSatisfy { $0 == "*" }
}
