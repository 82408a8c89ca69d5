import ZooArchive

/// Which axes of an array of images are what.
public enum TensorLayout: String, Sendable, CaseIterable {
  /// [N, channels, height, width], as PyTorch keeps images.
  case nchw
  /// [N, height, width, channels].
  case nhwc
}

/// Images in one npy array and their labels in another; large arrays are mapped, not loaded.
///
/// `x.npy` is [N, C, H, W], [N, H, W, C] or [N, H, W] (one channel), with C 1 or 3. float32 values are taken
/// as already normalised; uint8 ones as pixels, to be transformed like any image. `labels.npy` is [N] of
/// whole numbers from 0, -1 where the label is missing, or [N, K]: several labels, or a vector, for each image (see
/// `init`). A file `classes.txt` beside them may name the classes or labels, one a line.
///
/// Where the layout is not given it is the one whose channel axis is 1 or 3; when both would do, NCHW.
public struct TensorDataset: TabledDataset {
  public let origin: String
  public let count: Int
  /// Of the array as stored.
  public let layout: TensorLayout
  public let height: Int
  public let width: Int
  public let channels: Int
  private let file: String
  private let array: NpyArray
  /// The array in memory where the file's order of bytes or axes is not ours.
  private let reordered: [UInt8]?
  let table: LabelTable

  /// A label above this is taken for a mistake.
  public static let maximumLabel = 9_999_999

  /// - Parameter kind: what the labels are; nil: classes for [N] of whole numbers, multi-label for [N, K] of whole numbers
  ///   (1 holds, 0 does not, -1 unknown), vectors for floats (a row of NaN is missing). Multi-label floats lie in 0...1,
  ///   NaN where not known.
  /// - Throws: `DataError.tensorSet`, or `ArchiveError` for a file that is no npy array.
  public init(folder: String, layout: TensorLayout? = nil, kind: LabelColumn.Kind? = nil) throws {
    let names = "\(folder)/classes.txt"
    try self.init(
      origin: folder, images: "\(folder)/x.npy", labels: "\(folder)/labels.npy",
      classes: fileKind(names) == nil ? [] : lines(names), layout: layout, kind: kind)
  }

  /// The same from files of any name.
  public init(
    images: String, labels: String, classes: [String] = [], layout: TensorLayout? = nil,
    kind: LabelColumn.Kind? = nil
  ) throws {
    let slash = images.lastIndex(of: "/")
    let origin = slash.map { String(images[..<$0]) } ?? "."
    try self.init(origin: origin, images: images, labels: labels, classes: classes, layout: layout, kind: kind)
  }

  private init(
    origin: String, images: String, labels: String, classes: [String], layout: TensorLayout?,
    kind: LabelColumn.Kind?
  ) throws {
    let array = try NpyArray.read(images)
    let shape = try TensorShape(array, path: images, layout: layout)
    self.origin = origin
    self.layout = shape.layout
    (height, width, channels) = (shape.height, shape.width, shape.channels)
    file = images.split(separator: "/").last.map(String.init) ?? images
    self.array = array
    reordered = array.fortranOrder || array.bigEndian ? array.bytes() : nil
    count = shape.count
    table = try TensorLabels(path: labels, count: shape.count, names: classes, kind: kind).table
  }

  /// Whether the values are floats that are already normalised.
  public var isNormalised: Bool { array.dtype == .f32 }
  public func name(at index: Int) -> String { "\(file)[\(index)]" }
  public func size(at index: Int) -> (height: Int, width: Int) { (height, width) }

  public func example(at index: Int) throws -> Example {
    let size = array.dtype == .f32 ? 4 : 1
    let bytes = height * width * channels * size
    return try withBytes { all in
      let one = UnsafeRawBufferPointer(rebasing: all[index * bytes..<(index + 1) * bytes])
      if size == 4 {
        let values = interleaved {
          Float(
            bitPattern: UInt32(
              littleEndian: one.loadUnaligned(
                fromByteOffset: 4 * $0, as: UInt32.self)))
        }
        return .tensor(values: values, height: height, width: width, channels: channels)
      }
      let pixels = interleaved { one[$0] }
      let rgb = channels == 3 ? pixels : pixels.flatMap { [$0, $0, $0] }
      return .image(Image(checkedWidth: width, height: height, pixels: rgb))
    }
  }

  private func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    if let reordered { return try reordered.withUnsafeBytes(body) }
    return try array.withBytes(body)
  }

  /// One image's elements in the order [height, width, channels].
  private func interleaved<Value>(_ at: (Int) -> Value) -> [Value] {
    let area = height * width
    if layout == .nhwc || channels == 1 { return (0..<area * channels).map(at) }
    var values: [Value] = []
    values.reserveCapacity(area * channels)
    for place in 0..<area {
      for c in 0..<channels { values.append(at(c * area + place)) }
    }
    return values
  }
}

private struct TensorShape {
  let count, height, width, channels: Int
  let layout: TensorLayout

  init(_ array: NpyArray, path: String, layout wanted: TensorLayout?) throws {
    guard array.dtype == .f32 || array.dtype == .u8 else {
      throw DataError.tensorSet(
        path: path, reason: "holds \(array.dtype.rawValue); images are float32 (normalised) or uint8")
    }
    var shape = array.shape
    if shape.count == 3 { shape.insert(1, at: 1) }
    let isChannels = { (size: Int) in size == 1 || size == 3 }
    let mayBe = { (layout: TensorLayout) in
      shape.count == 4 && isChannels(shape[layout == .nchw ? 1 : 3]) && (wanted ?? layout) == layout
    }
    if mayBe(.nchw) {
      layout = .nchw
      (channels, height, width) = (shape[1], shape[2], shape[3])
    } else if mayBe(.nhwc) {
      layout = .nhwc
      (height, width, channels) = (shape[1], shape[2], shape[3])
    } else {
      throw DataError.tensorSet(
        path: path,
        reason: "has the shape \(array.shape); images are [N, C, H, W] or [N, H, W, C] with C 1 or 3")
    }
    count = shape[0]
    try Image.checkSize(width: width, height: height, origin: path)
  }
}

private func lines(_ path: String) throws -> [String] {
  let text = String(decoding: try readFile(path), as: UTF8.self)
  var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
  while lines.last?.isEmpty == true { lines.removeLast() }
  return lines
}
