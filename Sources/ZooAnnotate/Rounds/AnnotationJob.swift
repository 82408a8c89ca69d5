import ZooArchive
import ZooRecipe

/// A recipe with its records: what all steps share.
public struct AnnotationJob {
  public let recipe: AnnotationRecipe
  let source: RecordSource
  let reader: TextReader
  /// Of the recipe, of the files it names, and of the names and sizes of the records': parts of different jobs cannot be mixed.
  public let digest: String

  /// - Throws: `RecipeError` for what the recipe names and is not there.
  public init(_ recipe: AnnotationRecipe) throws {
    self.recipe = recipe
    reader = try TextReader(recipe)
    source = try RecordSource(recipe.input, fields: reader.fields, imageField: reader.imageField)
    var hasher = StreamingDigest()
    hasher.update(recipe.resolvedText)
    let named = [recipe.dictionary.file, recipe.scores.sample?.path, recipe.truth?.path]
    if let embeddings = recipe.clusters.embeddings {
      for file in try ImageEmbeddings.files(embeddings) {
        hasher.update(try embeddings.read { _ in try Digest.sha256(file: file) } + "\n")
      }
    }
    for path in named.compactMap({ $0 }) + recipe.stopLists + recipe.language.profiles.map(\.path) {
      hasher.update(try path.read { try Digest.sha256(file: $0) } + "\n")
    }
    for (file, size) in zip(source.files, source.sizes) { hasher.update("\(file.split(separator: "/").last ?? "") \(size)\n") }
    digest = hasher.hex()
  }

  /// Bytes of all records.
  public var bytes: Int { source.bytes }
  public var files: [String] { source.files }

  /// The image of a record as a data set of the same files names it.
  func imageName(_ record: Record) -> String {
    record.image.map { "\(source.files[record.file])/\($0.name)" } ?? record.text(reader.imageField) ?? ""
  }

  /// The first round: a dictionary of one's own needs no search for terms.
  public var firstRound: Round { recipe.dictionary.file == nil ? .sketch : .counts }

  /// Runs one map step.
  ///
  /// - Parameters:
  ///   - after: the merged part of the round before; nil for the first.
  ///   - progress: called now and then with the records read so far.
  /// - Throws: `AnnotateError` where the round before does not fit.
  public func map(
    _ shard: ShardNumber, after: Part?, to output: String, progress: (Int) throws -> Void = { _ in }
  ) throws {
    switch try round(after: after) {
    case .sketch: try SketchRound(self).map(shard, to: output, progress)
    case .terms: try TermsRound(self).map(shard, after: after, to: output, progress)
    case .counts: try CountsRound(self, after).map(shard, to: output, progress)
    case .labels: try LabelsRound(self, after).map(shard, to: output, progress)
    }
  }

  /// The round that a map step would be.
  public func round(after: Part?) throws -> Round {
    guard let after else { return firstRound }
    guard after.job == digest else {
      throw AnnotateError.file(after.path, "is of another recipe or other records")
    }
    guard after.shard == nil else { throw AnnotateError.file(after.path, "is a shard; merge it with the others first") }
    guard let index = Round.allCases.firstIndex(of: after.round), index + 1 < Round.allCases.count else {
      throw AnnotateError.file(after.path, "is the last round")
    }
    return Round.allCases[index + 1]
  }
}

/// Joins all shards of a round.
///
/// - Parameter page: the report for people, of the last round.
/// - Returns: the round. After the last one `output` is the annotations, before it a part to give to the next round.
@discardableResult
public func mergeParts(
  _ parts: [Part], to output: String, page: @escaping (AnnotationReport) -> String
) throws -> Round {
  let parts = try Part.ordered(parts)
  guard let first = parts.first else { throw AnnotateError.settings("no parts to merge") }
  let job = try AnnotationJob(first.recipe)
  guard job.digest == first.job else {
    throw AnnotateError.file(first.path, "the records or the recipe's files have changed since")
  }
  switch first.round {
  case .sketch: try SketchRound(job).merge(parts, to: output)
  case .terms: try TermsRound(job).merge(parts, to: output)
  case .counts: try CountsRound(job, nil).merge(parts, to: output)
  case .labels: try LabelsMerge(job, page: page).merge(parts, to: output)
  }
  return first.round
}
