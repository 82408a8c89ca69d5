import ZooAlgebra
import ZooRecipe

/// Frequent terms are labels of their own; rare ones fold into clusters as the recipe says. Terms that no record has are of
/// no label.
///
/// - Parameter images: of each term the mean vector of its images, where there are any.
func labelSpace(_ recipe: AnnotationRecipe, _ counts: TermCounts, _ images: Matrix<Double>?) throws -> LabelSpace {
  // The most frequent come first.
  let used = counts.terms.prefix { $0.records > 0 }
  let settings = recipe.clusters
  let method: TailMethod =
    switch settings.method {
    case .kMeans: .kMeans
    case .miniBatch: .miniBatch(settings.batch)
    case .agglomerative: .agglomeration(Linkage(rawValue: settings.linkage.rawValue) ?? .average)
    case .none: .none
    }
  let tail = try clusterTail(
    terms: used.map { TailTerm($0.text, records: $0.records, isLabel: $0.isLabel) }, pairs: counts.pairs,
    images: try images.map { try Matrix(rows: used.count, columns: $0.columns, values: Array($0.values.prefix(used.count * $0.columns))) },
    options: TailOptions(
      method: method, headRecords: settings.headRecords, headTerms: settings.headTerms, clusters: settings.clusters,
      vectors: TermVectorOptions(dimensions: settings.dimensions, seed: UInt64(settings.seed)),
      imageShare: settings.imageShare, seed: UInt64(settings.seed)), algebra: try Algebra())
  let labels = tail.labels.map { Label(name: $0.name, kind: $0.isCluster ? .cluster : .term, terms: $0.terms) }
  var labelOf = tail.labelOf.map { $0.map(Int32.init) ?? -1 }
  labelOf += [Int32](repeating: -1, count: counts.terms.count - used.count)
  var vectors = tail.vectors.values.map(Float.init)
  vectors += [Float](repeating: 0, count: (counts.terms.count - used.count) * tail.vectors.columns)
  return LabelSpace(labels: labels, labelOf: labelOf, vectors: vectors, dimensions: tail.vectors.columns)
}
