/// The candidates most like `name`, at most `count`, for "did you mean": within a third of its length
/// (at least 2) of Levenshtein distance, or beginning with it.
func nearest(to name: String, among candidates: [String], count: Int = 1) -> [String] {
  let key = Array(name.utf8.prefix(128))
  let limit = max(2, key.count / 3)
  var found: [(distance: Int, name: String)] = []
  for candidate in candidates.prefix(10_000) {
    let other = Array(candidate.utf8.prefix(128))
    var distance = editDistance(key, other)
    if distance > limit, !key.isEmpty, other.starts(with: key) { distance = limit }
    if distance <= limit { found.append((distance, candidate)) }
  }
  found.sort { $0.distance != $1.distance ? $0.distance < $1.distance : bytesPrecede($0.name, $1.name) }
  return found.prefix(count).map(\.name)
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
      diagonal = above
    }
  }
  return row[b.count]
}

/// Order by UTF-8 bytes: the same on every machine, unlike orders that follow Unicode tables.
func bytesPrecede(_ a: String, _ b: String) -> Bool {
  a.utf8.lexicographicallyPrecedes(b.utf8)
}
