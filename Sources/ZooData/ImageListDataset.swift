/// Image files by path, without labels: for predicting and embedding.
public struct ImageListDataset: Dataset {
  public let origin: String
  public let classes: [String] = []
  public let classCount = 0
  public let paths: [String]

  public init(paths: [String]) {
    origin = ""
    self.paths = paths
  }

  public var count: Int { paths.count }
  public func label(at index: Int) -> Int { -1 }
  public func name(at index: Int) -> String { paths[index] }
  public func place(at index: Int) -> String { paths[index] }
  public func example(at index: Int) throws -> Example { try .image(Image.decode(path: paths[index])) }

  public func size(at index: Int) throws -> (height: Int, width: Int) {
    let size = try Image.size(bytes: readFile(paths[index]), origin: paths[index])
    return (size.height, size.width)
  }
}
