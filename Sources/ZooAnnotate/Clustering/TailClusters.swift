import Glibc
import ZooAlgebra

/// Makes labels of terms: frequent ones are labels of their own, rare ones fold into clusters of those that keep the same
/// company, so that every image with a term keeps a label.
///
/// To be called once, when the counts of all shards are added up; the result is a function of its arguments.
///
/// - Parameters:
///   - terms: in any order, which breaks ties of equally frequent ones.
///   - pairs: records that have both of two terms.
///   - images: vectors of the terms from images, beside those from texts; see `TermImageMeans`.
public func clusterTail(
  terms: [TailTerm], pairs: [TermCounts.Pair], images: Matrix<Double>? = nil, options: TailOptions, algebra: Algebra
) throws -> TailResult {
  var vectors = try termVectors(
    terms: terms.count, pairs: pairs, contexts: contexts(terms), options: options.vectors, algebra: algebra)
  if let images { vectors = try joined(vectors, images, share: options.imageShare) }

  let byRecords = terms.indices.filter { terms[$0].isLabel }
    .sorted { (terms[$1].records, $0) < (terms[$0].records, $1) }
  let head = byRecords.prefix { terms[$0].records >= options.headRecords }.prefix(max(options.headTerms, 0))
  var labels = head.map {
    TailResult.Label(name: terms[$0].name, isCluster: false, terms: [$0], records: terms[$0].records)
  }
  let rare = Array(byRecords.dropFirst(head.count))
  if options.method != .none, !rare.isEmpty {
    for members in try clusters(rare, terms, vectors, options, algebra) {
      labels.append(
        TailResult.Label(
          name: name(members, terms), isCluster: true, terms: members,
          records: members.reduce(0) { $0 + terms[$1].records }))
    }
  }
  var labelOf = [Int?](repeating: nil, count: terms.count)
  for (number, label) in labels.enumerated() { for term in label.terms { labelOf[term] = number } }
  return TailResult(labels: unique(labels), labelOf: labelOf, vectors: vectors)
}

/// Terms that are there for the sake of company are the columns where there are enough of them for that; else all are.
private func contexts(_ terms: [TailTerm]) -> [Int]? {
  let contexts = terms.indices.filter { !terms[$0].isLabel }
  return contexts.count >= 16 ? contexts : nil
}

/// Members of each cluster, the most typical first; clusters in the order of their records, most first.
private func clusters(
  _ rare: [Int], _ terms: [TailTerm], _ vectors: Matrix<Double>, _ options: TailOptions, _ algebra: Algebra
) throws -> [[Int]] {
  let known = rare.filter { vectors.row($0).contains { $0 != 0 } }
  var fitted = known.filter { terms[$0].records >= options.fittedRecords }
  if fitted.isEmpty { fitted = known }
  if case .agglomeration = options.method { fitted = Array(fitted.prefix(agglomerationLimit)) }
  var members: [[Int]] = []
  if !fitted.isEmpty {
    let count = max(1, min(options.clusters ?? (rare.count + 9) / 10, fitted.count))
    let points = try rows(fitted, of: vectors)
    let clusterOf: [Int32]
    switch options.method {
    case .agglomeration(let linkage):
      clusterOf = try agglomerate(points, linkage: linkage, algebra: algebra).clusters(count)
    case .kMeans, .none:
      clusterOf = try kMeans(
        points, options: KMeansOptions(clusters: count, restarts: options.restarts, seed: options.seed), algebra: algebra
      ).clusterOf
    case .miniBatch(let size):
      clusterOf = try kMeans(
        points, options: KMeansOptions(clusters: count, restarts: options.restarts, batch: size, seed: options.seed),
        algebra: algebra
      ).clusterOf
    }
    members = [[Int]](repeating: [], count: count)
    for (term, cluster) in zip(fitted, clusterOf) { members[Int(cluster)].append(term) }
    members.removeAll { $0.isEmpty }
    let centres = centres(members, vectors)
    let isFitted = Set(fitted)
    let others = known.filter { !isFitted.contains($0) }
    if !others.isEmpty {
      let nearest = try algebra.nearestRows(of: rows(others, of: vectors), in: centres)
      for (term, cluster) in zip(others, nearest.indices) { members[Int(cluster)].append(term) }
    }
    let typical = centres.withUnitRows()
    members = members.enumerated().map { sorted($1, by: typical.row($0), terms, vectors) }
  }
  members.sort { first, second in
    let (a, b) = (first.reduce(0) { $0 + terms[$1].records }, second.reduce(0) { $0 + terms[$1].records })
    return (b, first[0]) < (a, second[0])
  }
  // Nothing is known of these but that they occur.
  let unknown = rare.filter { term in !vectors.row(term).contains { $0 != 0 } }
  if !unknown.isEmpty { members.append(unknown) }
  return members
}

private func rows(_ terms: [Int], of vectors: Matrix<Double>) throws -> Matrix<Double> {
  try Matrix(rows: terms.count, columns: vectors.columns, values: terms.flatMap { Array(vectors.row($0)) })
}

private func centres(_ members: [[Int]], _ vectors: Matrix<Double>) -> Matrix<Double> {
  var result = Matrix<Double>(rows: members.count, columns: vectors.columns)
  for (cluster, own) in members.enumerated() {
    for term in own { for column in 0..<vectors.columns { result[cluster, column] += vectors[term, column] } }
    for column in 0..<vectors.columns { result[cluster, column] /= Double(own.count) }
  }
  return result
}

/// By the cosine with the cluster's centre times the logarithm of the records: an exemplar is typical and known.
private func sorted(
  _ members: [Int], by centre: ArraySlice<Double>, _ terms: [TailTerm], _ vectors: Matrix<Double>
) -> [Int] {
  let scores = members.map { term in
    zip(vectors.row(term), centre).reduce(0) { $0 + $1.0 * $1.1 } * log(1 + Double(terms[term].records))
  }
  return members.indices.sorted { (scores[$1], members[$0]) < (scores[$0], members[$1]) }.map { members[$0] }
}

private func name(_ members: [Int], _ terms: [TailTerm]) -> String {
  members.prefix(3).map { terms[$0].name }.joined(separator: ", ") + (members.count > 3 ? ", …" : "")
}

/// Terms of different languages can have the same text.
private func unique(_ labels: [TailResult.Label]) -> [TailResult.Label] {
  var taken: Set<String> = []
  return labels.map { label in
    var (name, number) = (label.name, 1)
    while !taken.insert(name).inserted {
      number += 1
      name = "\(label.name) (\(number))"
    }
    return TailResult.Label(name: name, isCluster: label.isCluster, terms: label.terms, records: label.records)
  }
}
