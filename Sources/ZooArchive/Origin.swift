/// Where bytes come from: a file, or a member of a tar file. Names every error.
struct Origin: Sendable, Equatable {
  let file: String
  var member: String?

  func error(
    _ problem: ArchiveError.Problem, member inner: String? = nil, tensor: String? = nil
  ) -> ArchiveError {
    ArchiveError(problem, file: file, member: inner ?? member, tensor: tensor)
  }
}
