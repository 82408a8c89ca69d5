import ZooGraph

/// The values of a model's parameters and states by name, apart from the graphs that use them: several graphs (other
/// batch sizes, evaluation, other resolutions) share one store.
///
/// All parameters lie in one block in the order they were added, each at a multiple of 64 bytes; so do gradients.
/// Programs read the block while they run; change it between runs only.
///
/// A store may lie over another (`init(parameters:states:over:)`): it has parameters of its own, and for programs those of
/// the other too, where they are.
///
/// A store may instead read values where others hold them (`init(for:mapped:)`). It makes its block when something is
/// written for the first time, or a program is to train; programs that were compiled before then refuse to run.
public final class ParameterStore: @unchecked Sendable {
  public struct Entry: Sendable {
    public let spec: ParameterSpec
    /// Position in the block, in floats.
    public let offset: Int
    public let count: Int
  }

  public let entries: [Entry]
  /// Floats in the block, with the gaps of alignment.
  public let span: Int
  /// Has the parameters that are not this one's own.
  private let base: ParameterStore?
  private let index: [String: Int]
  private var memory: ParameterMemory
  private let states: [String: (count: Int, buffer: AlignedBuffer)]
  /// Weights of quantised parameters, apart from the block; set before programs read them.
  var quantized: [String: QuantizedArray] = [:]

  /// Room for the parameters and states of a graph, zeroed; states start at their initial value.
  public convenience init(for graph: Graph) throws(EngineError) {
    try self.init(parameters: graph.parameters.map(\.spec), states: graph.states.map(\.spec))
  }

  /// A store that reads parameters where they lie. States are copies of its own, at their initial value.
  /// - Throws: if an array is missing or has another size than its parameter.
  public convenience init(for graph: Graph, mapped arrays: MappedArrays) throws(EngineError) {
    try self.init(
      parameters: graph.parameters.map(\.spec), states: graph.states.map(\.spec), mapped: arrays)
  }

  public convenience init(parameters: [ParameterSpec], states: [StateSpec] = []) throws(EngineError) {
    try self.init(parameters: parameters, states: states, mapped: nil)
  }

  /// A store with parameters of its own over another's: what is asked for by a name that it has not is the other's.
  /// `entries`, blocks like it and its states are its own alone.
  public convenience init(
    parameters: [ParameterSpec], states: [StateSpec] = [], over base: ParameterStore
  ) throws(EngineError) {
    // Whoever reads it must not see it move.
    _ = try base.block()
    try self.init(parameters: parameters, states: states, mapped: nil, over: base)
  }

  private init(
    parameters: [ParameterSpec], states: [StateSpec], mapped: MappedArrays?, over base: ParameterStore? = nil
  ) throws(EngineError) {
    self.base = base
    var (entries, index, offset) = ([Entry](), [String: Int](), 0)
    for spec in parameters where index[spec.name] == nil {
      let count = spec.shape.reduce(1, *)
      index[spec.name] = entries.count
      entries.append(Entry(spec: spec, offset: offset, count: count))
      offset += (count + 15) & ~15
    }
    (self.entries, self.index, span) = (entries, index, offset)
    if let mapped {
      memory = .mapped(try MappedParameters(mapped, entries: entries))
    } else {
      memory = .block(try AlignedBuffer(bytes: offset * 4))
    }
    var buffers: [String: (count: Int, buffer: AlignedBuffer)] = [:]
    for state in states {
      let count = state.shape.reduce(1, *)
      let buffer = try AlignedBuffer(bytes: count * 4)
      for position in 0..<count { buffer.floats[position] = Float(state.initial) }
      buffers[state.name] = (count, buffer)
    }
    self.states = buffers
  }

  public var count: Int { entries.reduce(0) { $0 + $1.count } }
  /// The other's where this one has none of the name.
  public func entry(_ name: String) -> Entry? { own(name) ?? base?.entry(name) }
  private func own(_ name: String) -> Entry? { index[name].map { entries[$0] } }

  /// Bytes that lie in a mapped file, shared with whoever maps it; 0 for a store with a block of its own.
  public var mappedBytes: Int {
    if case .mapped(let arrays) = memory { arrays.sharedBytes } else { 0 }
  }

  /// The values of a parameter, row-major.
  public func values(_ name: String) throws(EngineError) -> [Float] {
    guard let entry = own(name) else {
      guard let base else { throw .binding("there is no parameter '\(name)'") }
      return try base.values(name)
    }
    return Array(UnsafeBufferPointer(start: pointer(entry), count: entry.count))
  }

  public func set(_ name: String, _ values: [Float]) throws(EngineError) {
    guard let entry = own(name) else { throw .binding("there is no parameter '\(name)'") }
    guard values.count == entry.count else {
      throw .binding(
        "parameter '\(name)' has \(entry.count) values (\(describe(entry.spec.shape))), not \(values.count)")
    }
    let block = try block()
    values.withUnsafeBufferPointer {
      if let base = $0.baseAddress { (block.floats + entry.offset).update(from: base, count: values.count) }
    }
  }

  /// Takes a parameter's float32 values from bytes of any alignment.
  public func set(_ name: String, bytes: UnsafeRawBufferPointer) throws(EngineError) {
    guard let entry = own(name), bytes.count == entry.count * 4 else {
      throw .binding("parameter '\(name)' does not take \(bytes.count) bytes")
    }
    let block = try block()
    if let base = bytes.baseAddress {
      UnsafeMutableRawPointer(block.floats + entry.offset).copyMemory(from: base, byteCount: bytes.count)
    }
  }

  /// The values of a state, row-major; nil where there is none.
  public func state(_ name: String) -> [Float]? {
    states[name].map { Array(UnsafeBufferPointer(start: $0.buffer.floats, count: $0.count)) }
  }

  public func setState(_ name: String, _ values: [Float]) throws(EngineError) {
    guard let (count, buffer) = states[name], count == values.count else {
      throw .binding("there is no state '\(name)' of \(values.count) values")
    }
    values.withUnsafeBufferPointer { if let base = $0.baseAddress { buffer.floats.update(from: base, count: count) } }
  }

  public var stateNames: [String] { states.keys.sorted() }

  /// The bytes of a parameter, for writing them out without a copy.
  public func withBytes<Result, Failure: Error>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let entry = own(name) else { return try base?.withBytes(of: name, body) }
    return try body(UnsafeRawBufferPointer(start: pointer(entry), count: entry.count * 4))
  }

  /// The one block, for writing; a mapped store copies its values into a new one first.
  func block() throws(EngineError) -> AlignedBuffer {
    switch memory {
    case .block(let block): return block
    case .mapped(let arrays):
      let block = try AlignedBuffer(bytes: span * 4)
      for (index, entry) in entries.enumerated() {
        (block.floats + entry.offset).update(from: arrays.places[index], count: entry.count)
      }
      memory = .block(block)
      return block
    }
  }

  /// What the memory of programs belongs to: another object after a mapped store has made its block.
  var holder: AnyObject {
    switch memory {
    case .block(let block): block
    case .mapped(let arrays): arrays
    }
  }

  /// The block; nil for a store that is mapped. Whoever has a part of a block like this store has made it.
  var floats: UnsafeMutablePointer<Float>? {
    if case .block(let block) = memory { block.floats } else { nil }
  }

  private func pointer(_ entry: Entry) -> UnsafePointer<Float> {
    switch memory {
    case .block(let block): UnsafePointer(block.floats + entry.offset)
    case .mapped(let arrays): arrays.places[index[entry.spec.name] ?? 0]
    }
  }

  func floats(of entry: Entry) -> [Float] {
    Array(UnsafeBufferPointer(start: pointer(entry), count: entry.count))
  }

  /// For programs, which read parameters and never write them.
  func pointer(_ name: String) -> UnsafeMutablePointer<Float>? {
    own(name).map { UnsafeMutablePointer(mutating: pointer($0)) } ?? base?.pointer(name)
  }
  func statePointer(_ name: String) -> UnsafeMutablePointer<Float>? { states[name]?.buffer.floats }
}
