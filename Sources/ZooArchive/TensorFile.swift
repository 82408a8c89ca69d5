/// A file of named tensors in one of the formats that weights are published in.
public protocol TensorFile: Sendable {
  /// The file as the user gave it.
  var path: String { get }
  /// Sorted by UTF-8 bytes.
  var tensorNames: [String] { get }
  /// - Throws: `ArchiveError` with the nearest name if there is no such tensor.
  func shape(of name: String) throws -> [Int]
  /// - Throws: as `shape(of:)`.
  func dtype(of name: String) throws -> DType
  /// The elements of one tensor as f32, row-major; wider types are rounded to nearest. No other tensor is
  /// read.
  func floats(_ name: String) throws -> [Float]
}

extension SafetensorsFile: TensorFile {
  public var tensorNames: [String] { entries.map(\.name) }
  public func shape(of name: String) throws -> [Int] { try required(name).shape }
  public func dtype(of name: String) throws -> DType { try required(name).dtype }
}

extension NpzFile: TensorFile {
  public var tensorNames: [String] { entries.map(\.name) }
  public func shape(of name: String) throws -> [Int] { try required(name).shape }
  public func dtype(of name: String) throws -> DType { try required(name).dtype }
}

/// Opens a file of tensors, npz or safetensors, by what it contains and not by its name.
/// - Throws: `ArchiveError`, if it is neither or not sound.
public func openTensorFile(_ path: String) throws -> any TensorFile {
  let descriptor = try FileDescriptor.openForReading(path)
  let start = try descriptor.bytes(at: 0, count: min(9, descriptor.size()))
  if NpzEnd.beginsLikeZip(start) { return try NpzFile(path: path) }
  // Eight bytes of length, then JSON.
  guard start.count == 9, start[8] == UInt8(ascii: "{") else {
    throw ArchiveError(.notATensorFile, file: path)
  }
  return try SafetensorsFile(path: path)
}
