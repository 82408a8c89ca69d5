import ZooRecipe

/// Frequent terms are labels of their own; what becomes of the others is the recipe's choice.
func labelSpace(_ recipe: AnnotationRecipe, _ counts: TermCounts) throws -> LabelSpace {
  let head = counts.terms.prefix(recipe.clusters.headTerms).prefix { $0.records >= recipe.clusters.headRecords }.count
  let labels = (0..<head).map { Label(name: counts.terms[$0].text, kind: .term, terms: [$0]) }
  let labelOf = counts.terms.indices.map { $0 < head ? Int32($0) : -1 }
  return LabelSpace(labels: labels, labelOf: labelOf, vectors: [], dimensions: 0)
}
