import Synchronization

/// Examples of a data set that could not be read and were passed over, each once.
public final class SkippedExamples: Sendable {
  public struct Entry: Sendable, Equatable {
    /// Where the example lies.
    public let place: String
    public let reason: String
  }

  private let found = Mutex<(places: Set<String>, entries: [Entry])>(([], []))

  public init() {}

  /// In the order of their places.
  public var entries: [Entry] { found.withLock { $0.entries }.sorted { bytewise($0.place, $1.place) } }

  public func add(_ place: String, _ reason: String) {
    found.withLock { found in
      if found.places.insert(place).inserted { found.entries.append(Entry(place: place, reason: reason)) }
    }
  }
}

/// A data set whose broken examples are noted and passed over instead of being errors: in a batch such an example is
/// black, without labels and of weight 0, so that every batch stays a function of the seed, the epoch and the index.
public struct TolerantDataset: Dataset {
  private let base: any Dataset
  public let skipped: SkippedExamples

  public init(_ base: any Dataset, skipped: SkippedExamples) { (self.base, self.skipped) = (base, skipped) }

  public var origin: String { base.origin }
  public var count: Int { base.count }
  public var classes: [String] { base.classes }
  public var classCount: Int { base.classCount }
  public var columns: [LabelColumn] { base.columns }
  public var notes: [String] { base.notes }
  public var groupColumns: [String] { base.groupColumns }
  public func label(at index: Int) -> Int { base.label(at: index) }
  public func value(at index: Int, column: Int) -> LabelValue { base.value(at: index, column: column) }
  public func weight(at index: Int) -> Float { base.weight(at: index) }
  public func group(at index: Int, column: Int) -> String? { base.group(at: index, column: column) }
  public func name(at index: Int) -> String { base.name(at: index) }
  public func place(at index: Int) -> String { base.place(at: index) }
  public func size(at index: Int) throws -> (height: Int, width: Int) { try base.size(at: index) }

  public func example(at index: Int, reducing: (Int, Int) -> Int) throws -> Example {
    do { return try base.example(at: index, reducing: reducing) } catch {
      skipped.add(place(at: index), "\(error)")
      return .missing
    }
  }

  public func content(at index: Int) throws -> [UInt8] {
    do { return try base.content(at: index) } catch {
      skipped.add(place(at: index), "\(error)")
      return []
    }
  }

  public func example(at index: Int) throws -> Example { try example(at: index) { _, _ in 1 } }
}
