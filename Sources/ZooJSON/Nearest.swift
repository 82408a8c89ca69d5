/// The candidate within two edits of a mistyped word (one of a short word); nil when none is near.
package func nearest(_ word: String, _ candidates: [String]) -> String? {
  let limit = max(1, min(2, word.count / 3))
  let ranked = candidates.map { (name: $0, distance: editDistance(Array(word.utf8), Array($0.utf8))) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
  return best.name
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var rows = [Array(0...b.count)]
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
