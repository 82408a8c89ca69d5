/// A data set of encoded image files, each decoded when it is asked for.
public protocol ImageFileDataset: Dataset {
  /// The bytes of an example's file, or the first of them; safe to call from several threads at once.
  func bytes(at index: Int, first: Int?) throws -> [UInt8]
}

extension ImageFileDataset {
  public func example(at index: Int) throws -> Example { try example(at: index) { _, _ in 1 } }

  public func example(at index: Int, reducing: (_ height: Int, _ width: Int) -> Int) throws -> Example {
    try .image(Image.decode(bytes: bytes(at: index, first: nil), origin: place(at: index), reducing: reducing))
  }

  public func content(at index: Int) throws -> [UInt8] { try bytes(at: index, first: nil) }

  /// From the header alone, which mostly lies at the file's beginning.
  public func size(at index: Int) throws -> (height: Int, width: Int) {
    let head = try bytes(at: index, first: imageHeadBytes)
    if head.count == imageHeadBytes, head.starts(with: [0xFF, 0xD8]),
      let size = try? Image.size(bytes: head, origin: place(at: index))
    {
      return (size.height, size.width)
    }
    let all = head.count < imageHeadBytes ? head : try bytes(at: index, first: nil)
    let size = try Image.size(bytes: all, origin: place(at: index))
    return (size.height, size.width)
  }
}

private let imageHeadBytes = 32 << 10
