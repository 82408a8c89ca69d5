/// Image files by path, without labels: for predicting and embedding.
public struct ImageListDataset: ImageFileDataset {
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
  public func bytes(at index: Int, first: Int?) throws -> [UInt8] { try readFile(paths[index], first: first) }
}
