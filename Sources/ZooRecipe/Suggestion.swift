/// The number of insertions, deletions, replacements and swaps of neighbours that turn one text into
/// the other (optimal string alignment), over characters.
public func editDistance(_ a: String, _ b: String) -> Int {
  let a = Array(a)
  let b = Array(b)
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [Int](repeating: i, count: b.count + 1)
    for j in 1...b.count {
      let same = a[i - 1] == b[j - 1]
      var best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        best = min(best, beforeLast[j - 2] + 1)
      }
      row[j] = best
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}

/// The candidate the writer probably meant: the closest within a third of the name's length, else one
/// that is a whole word of the name (`batch-size` for `batch`). Nil when nothing is close; the first of
/// equally close candidates wins. Case and the choice between `-` and `_` do not count.
public func suggestion(for name: String, among candidates: [String]) -> String? {
  let longest = 64
  guard name.count <= longest, !name.isEmpty else { return nil }
  let folded = fold(name)
  var best: (candidate: String, distance: Int)?
  for candidate in candidates where candidate.count <= longest {
    let distance = editDistance(folded, fold(candidate))
    let closest = best?.distance ?? Int.max
    if distance < closest { best = (candidate, distance) }
  }
  if let best, best.distance <= max(1, folded.count / 3), best.distance < best.candidate.count {
    return best.candidate
  }
  let words = folded.split(separator: "-").map(String.init)
  return candidates.first { words.contains(fold($0)) }
}

private func fold(_ name: String) -> String {
  String(name.lowercased().map { $0 == "_" ? "-" : $0 })
}
