import ZooGraph

/// A number for each value of some of a store's parameters, in its order: gradients, momenta, averages.
public final class ParameterBlock: @unchecked Sendable {
  /// Parameters that are neighbours in the store and in blocks: where they begin in each, in floats.
  public struct Part: Sendable, Equatable {
    public let store: Int
    public let block: Int
    public let count: Int
  }

  /// The parameters that have a place here, in the store's order.
  public let entries: [ParameterStore.Entry]
  /// Floats in the block, with the gaps of alignment.
  public let span: Int
  private let places: [String: Int]
  private let buffer: AlignedBuffer

  /// A zeroed block for the parameters that `includes` takes.
  public init(
    like store: ParameterStore, where includes: (ParameterSpec) -> Bool = { _ in true }
  ) throws(EngineError) {
    // Its parts are for changing the store's values.
    _ = try store.block()
    entries = store.entries.filter { includes($0.spec) }
    var (places, offset) = ([String: Int](), 0)
    for entry in entries {
      places[entry.spec.name] = offset
      offset += Self.room(entry)
    }
    (self.places, span) = (places, offset)
    buffer = try AlignedBuffer(bytes: offset * 4)
  }

  /// An empty block for the same parameters.
  public init(like other: ParameterBlock) throws(EngineError) {
    (entries, span, places) = (other.entries, other.span, other.places)
    buffer = try AlignedBuffer(bytes: other.span * 4)
  }

  /// Every parameter begins at a multiple of 64 bytes.
  private static func room(_ entry: ParameterStore.Entry) -> Int { (entry.count + 15) & ~15 }

  /// Where a parameter begins, in floats; nil where it has no place here.
  func offset(_ name: String) -> Int? { places[name] }

  /// Neighbours for which `key` gives the same, as parts with that key; every parameter is in one of them.
  public func parts<Key: Equatable>(by key: (ParameterStore.Entry) -> Key) -> [(part: Part, key: Key)] {
    var parts: [(part: Part, key: Key)] = []
    for entry in entries {
      let (place, key) = (places[entry.spec.name] ?? 0, key(entry))
      if let last = parts.last, last.key == key, last.part.store + last.part.count == entry.offset {
        parts[parts.count - 1].part = Part(
          store: last.part.store, block: last.part.block, count: last.part.count + Self.room(entry))
      } else {
        parts.append((Part(store: entry.offset, block: place, count: Self.room(entry)), key))
      }
    }
    return parts
  }

  var floats: UnsafeMutablePointer<Float> { buffer.floats }

  /// Zeroes what lies between parameters, where a program may have kept something else until it wrote gradients.
  func clearGaps() {
    for entry in entries where Self.room(entry) > entry.count {
      let end = floats + (places[entry.spec.name] ?? 0) + entry.count
      end.update(repeating: 0, count: Self.room(entry) - entry.count)
    }
  }

  /// A parameter's share, row-major; empty where it has no place here.
  public func values(_ entry: ParameterStore.Entry) -> [Float] {
    places[entry.spec.name].map { Array(UnsafeBufferPointer(start: floats + $0, count: entry.count)) } ?? []
  }

  /// A parameter's share as bytes, to be read or written in place; nil where it has no place here.
  public func withBytes<Result, Failure: Error>(
    of entry: ParameterStore.Entry, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let place = places[entry.spec.name] else { return nil }
    return try body(UnsafeMutableRawBufferPointer(start: floats + place, count: entry.count * 4))
  }
}
