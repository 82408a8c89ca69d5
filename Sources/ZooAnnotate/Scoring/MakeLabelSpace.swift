import ZooRecipe

/// Frequent terms are labels of their own; what becomes of the others is the recipe's choice.
func labelSpace(_ recipe: AnnotationRecipe, _ counts: TermCounts) throws -> LabelSpace {
  let head = counts.terms.indices.filter { counts.terms[$0].isLabel && counts.terms[$0].records >= recipe.clusters.headRecords }
    .prefix(recipe.clusters.headTerms)
  let labels = head.map { Label(name: counts.terms[$0].text, kind: .term, terms: [$0]) }
  var labelOf = [Int32](repeating: -1, count: counts.terms.count)
  for (number, term) in head.enumerated() { labelOf[term] = Int32(number) }
  return LabelSpace(labels: labels, labelOf: labelOf, vectors: [], dimensions: 0)
}
