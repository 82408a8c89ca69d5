import ZooAlgebra
import ZooRecipe

/// Frequent terms are labels of their own; what becomes of the others is the recipe's choice.
func labelSpace(_ recipe: AnnotationRecipe, _ counts: TermCounts) throws -> LabelSpace {
  let result = try clusterTail(
    terms: counts.terms.map { TailTerm($0.text, records: $0.records, isLabel: $0.isLabel) }, pairs: counts.pairs,
    options: TailOptions(recipe.clusters), algebra: Algebra())
  return LabelSpace(
    labels: result.labels.map { Label(name: $0.name, kind: $0.isCluster ? .cluster : .term, terms: $0.terms) },
    labelOf: result.labelOf.map { $0.map { Int32(truncatingIfNeeded: $0) } ?? -1 },
    vectors: result.vectors.values.map(Float.init), dimensions: result.vectors.columns)
}

extension TailOptions {
  /// What a recipe asks for.
  init(_ recipe: AnnotationRecipe.Clusters) {
    let method: TailMethod =
      switch recipe.method {
      case .kMeans: recipe.batch.map(TailMethod.miniBatch) ?? .kMeans
      case .agglomerative: .agglomeration(Linkage(recipe.linkage))
      case .none: .none
      }
    let seed = UInt64(recipe.seed)
    self.init(
      method: method, headRecords: recipe.headRecords, headTerms: recipe.headTerms, clusters: recipe.clusters,
      fittedRecords: recipe.fittedRecords, restarts: recipe.restarts,
      vectors: TermVectorOptions(dimensions: recipe.dimensions, seed: seed), seed: seed)
  }
}

extension Linkage {
  init(_ recipe: ClusterLinkage) {
    switch recipe {
    case .average: self = .average
    case .complete: self = .complete
    case .ward: self = .ward
    }
  }
}
