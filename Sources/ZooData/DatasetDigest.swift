import ZooArchive

extension Dataset {
  /// SHA-256 over the bytes of all examples in order, whatever their names, places and labels: data that give a model
  /// the same images have the same digest. It reads everything.
  public func contentDigest() throws -> String {
    var digest = StreamingDigest()
    for index in 0..<count {
      let bytes = try content(at: index)
      digest.update("\(bytes.count) ")
      bytes.withUnsafeBytes { digest.update($0) }
    }
    return digest.hex()
  }
}
