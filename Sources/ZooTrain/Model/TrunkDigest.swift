import ZooArchive

extension Model {
  /// SHA-256 of the trunk's parameters and states as they are in memory: what features depend on.
  public func trunkDigest() throws -> String {
    try Digest.sha256(weightSources().filter { !$0.name.hasPrefix("heads.") })
  }

  /// SHA-256 of everything, heads too.
  public func weightDigest() throws -> String { try Digest.sha256(weightSources()) }
}
