import Glibc
import ZooArchive

/// All rounds on one machine. What a round leaves stays in a folder beside the output until the end, so that a run that was
/// stopped goes on behind the last round it finished.
public struct AnnotationRun {
  private let job: AnnotationJob
  private let output: String
  /// Where merged parts stay until the end.
  public let folder: String

  public init(_ job: AnnotationJob, output: String) {
    (self.job, self.output) = (job, output)
    folder = output + ".work"
  }

  /// - Parameters:
  ///   - keeps: whether the parts stay.
  ///   - progress: called now and then with the round and the records it has read; once with nil where a round is found done.
  ///   - page: the report for people.
  public func run(
    keeps: Bool = false, progress: (Round, Int?) throws -> Void, page: @escaping (AnnotationReport) -> String
  ) throws {
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
      throw AnnotateError.file(folder, "cannot be made (\(systemError()))")
    }
    // An empty folder is nothing to go on from.
    defer { rmdir(folder) }
    var after: Part?
    for round in Round.allCases.drop(while: { $0 != job.firstRound }) {
      let merged = "\(folder)/\(round.rawValue).tar"
      let shard = "\(folder)/\(round.rawValue)-0-of-1.tar"
      if round != .labels, let done = try? Part(merged), done.job == job.digest, done.shard == nil, done.round == round {
        after = done
        try progress(round, nil)
        continue
      }
      try progress(round, 0)
      if let done = try? Part(shard), done.job == job.digest, done.shard == .whole, done.round == round {
        try progress(round, nil)
      } else {
        try job.map(.whole, after: after, to: shard) { try progress(round, $0) }
      }
      let target = round == .labels ? output : merged
      try mergeParts([try Part(shard)], to: target, page: page)
      if round != .labels {
        after = try Part(merged)
        if !keeps { unlink(shard) }
      }
    }
    guard !keeps else { return }
    for round in Round.allCases {
      unlink("\(folder)/\(round.rawValue).tar")
      unlink("\(folder)/\(round.rawValue)-0-of-1.tar")
    }
  }
}
