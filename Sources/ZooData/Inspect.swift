/// What is in a data set, for a plan.
public struct DataReport: Sendable, Equatable {
  public let origin: String
  public let count: Int
  /// By label; the number where a class has no name.
  public let classes: [(name: String, count: Int)]
  /// Examples that cannot be read, with the reason.
  public let unreadable: [(name: String, reason: String)]
  /// Smallest and largest stored height and width; nil where nothing was readable or looked at.
  public let heights: ClosedRange<Int>?
  public let widths: ClosedRange<Int>?

  public static func == (a: DataReport, b: DataReport) -> Bool {
    a.origin == b.origin && a.count == b.count && a.heights == b.heights && a.widths == b.widths
      && a.classes.elementsEqual(b.classes, by: ==)
      && a.unreadable.elementsEqual(b.unreadable, by: ==)
  }
}

/// How closely examples are looked at.
public enum InspectDepth: String, Sendable {
  /// Counts only.
  case none
  /// The header of every file: tells what is no image, but not whether the pixels are whole.
  case headers
  /// Every example is decoded.
  case everything
}

extension Dataset {
  /// Counts per class, and the examples that cannot be read.
  public func inspect(_ depth: InspectDepth) -> DataReport {
    var unreadable: [(name: String, reason: String)] = []
    var heights: ClosedRange<Int>?
    var widths: ClosedRange<Int>?
    if depth != .none {
      for index in 0..<count {
        do {
          if depth == .everything { _ = try example(at: index) }
          let size = try self.size(at: index)
          heights = widened(heights, size.height)
          widths = widened(widths, size.width)
        } catch {
          unreadable.append((name(at: index), "\(error)"))
        }
      }
    }
    let counts = classCounts.enumerated().map { (name: className($0.offset), count: $0.element) }
    return DataReport(
      origin: origin, count: count, classes: counts, unreadable: unreadable, heights: heights,
      widths: widths)
  }
}

private func widened(_ range: ClosedRange<Int>?, _ value: Int) -> ClosedRange<Int> {
  guard let range else { return value...value }
  return min(range.lowerBound, value)...max(range.upperBound, value)
}
