/// A part of a split: `test`, `train[:800]`, `train[90%:+200]`, `test[50%:]`.
///
/// A bound is a number of examples or a percentage of the split, rounded down; an end may be written as so many examples
/// after the start.
public struct SuiteSlice: Sendable, Equatable, CustomStringConvertible {
  enum Bound: Sendable, Equatable {
    case examples(Int)
    case percent(Int)

    init?(_ text: Substring) {
      if text.hasSuffix("%") {
        guard let percent = Int(text.dropLast()), (0...100).contains(percent) else { return nil }
        self = .percent(percent)
      } else {
        guard let examples = Int(text), examples >= 0 else { return nil }
        self = .examples(examples)
      }
    }

    func place(_ count: Int) -> Int {
      switch self {
      case .examples(let examples): examples
      case .percent(let percent): count / 100 * percent + count % 100 * percent / 100
      }
    }
  }

  enum End: Sendable, Equatable {
    case all
    case at(Bound)
    case after(Int)
  }

  /// The split, such as `train`.
  public let split: String
  let start: Bound
  let end: End
  /// As written.
  public let description: String

  /// nil for a text of another form.
  public init?(_ text: String) {
    description = text
    guard let open = text.firstIndex(of: "[") else {
      guard Self.isName(text[...]) else { return nil }
      (split, start, end) = (text, .examples(0), .all)
      return
    }
    let inside = text[text.index(after: open)...].split(separator: ":", omittingEmptySubsequences: false)
    guard Self.isName(text[..<open]), inside.count == 2, inside[1].hasSuffix("]") else { return nil }
    split = String(text[..<open])
    let last = inside[1].dropLast()
    guard let start = inside[0].isEmpty ? .examples(0) : Bound(inside[0]) else { return nil }
    self.start = start
    if last.isEmpty {
      end = .all
    } else if last.hasPrefix("+") {
      guard let count = Int(last.dropFirst()), count > 0 else { return nil }
      end = .after(count)
    } else {
      guard let bound = Bound(last) else { return nil }
      end = .at(bound)
    }
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2D }
  }

  /// Its places in a split of so many examples; nil where the split has fewer than are asked for.
  public func places(_ count: Int) -> Range<Int>? {
    let first = start.place(count)
    let last =
      switch end {
      case .all: count
      case .at(let bound): bound.place(count)
      case .after(let more): first.addingReportingOverflow(more).partialValue
      }
    guard first <= last, last <= count, first < count || count == 0 else { return nil }
    return first..<last
  }
}
