import ZooArchive
import ZooData
import ZooReport
import ZooRetrieve

/// Duplicates as people and programs read them.
struct DuplicateReport {
  private static let mostPictures = 200

  let upstream: any Dataset
  let downstream: (any Dataset)?
  /// `example` is downstream and `other` upstream; of one set the later and the earlier.
  let pairs: [DuplicatePair]
  /// Examples that are no readable images.
  let unread: Int
  let leavesOutUpstream: Bool

  /// Names of the examples to leave out: those of a side that have a pair; of one set all of a group but its first.
  var leftOut: [String] {
    guard let downstream else {
      return duplicateGroups(pairs, count: upstream.count).flatMap { $0.dropFirst() }.sorted().map(upstream.name)
    }
    let places = Set(pairs.map { leavesOutUpstream ? $0.other : $0.example })
    return places.sorted().map(leavesOutUpstream ? upstream.name : downstream.name)
  }

  var listText: String { leftOut.map { $0 + "\n" }.joined() }

  private var counts: [(name: String, count: Int)] {
    guard let downstream else {
      let groups = duplicateGroups(pairs, count: upstream.count)
      return [
        ("images", upstream.count), ("groups of copies", groups.count),
        ("images to leave out", groups.reduce(0) { $0 + $1.count - 1 }),
      ]
    }
    return [
      ("upstream images", upstream.count), ("downstream images", downstream.count), ("pairs", pairs.count),
      ("upstream images with a copy downstream", Set(pairs.map(\.other)).count),
      ("downstream images with a copy upstream", Set(pairs.map(\.example)).count),
    ]
  }

  var text: String {
    var text = ""
    for pair in pairs.prefix(50) {
      text += "\(visible((downstream ?? upstream).name(at: pair.example)))  =  \(visible(upstream.name(at: pair.other)))  (\(facts(pair)))\n"
    }
    if pairs.count > 50 { text += "… (\(pairs.count - 50) more pairs)\n" }
    let width = counts.map { "\($0.count)".count }.max() ?? 0
    for item in counts { text += "\(padded("\(item.count)", width, right: true))  \(item.name)\n" }
    if unread > 0 { text += "\(padded("\(unread)", width, right: true))  are no images that can be read\n" }
    return text
  }

  func json(_ method: JSONValue) -> JSONValue {
    func side(_ dataset: any Dataset, _ duplicates: Int) -> JSONValue {
      ["data": .string(dataset.origin), "examples": .int(Int64(dataset.count)), "duplicates": .int(Int64(duplicates))]
    }
    var object: JSONObject = ["method": method]
    if let downstream {
      object["upstream"] = side(upstream, Set(pairs.map(\.other)).count)
      object["downstream"] = side(downstream, Set(pairs.map(\.example)).count)
    } else {
      object["data"] = side(upstream, leftOut.count)
      object["groups"] = .array(
        duplicateGroups(pairs, count: upstream.count).map { .array($0.map { .string(upstream.name(at: $0)) }) })
    }
    object["unreadable"] = .int(Int64(unread))
    object["pairs"] = .array(
      pairs.map { pair in
        var item: JSONObject = [
          downstream == nil ? "example" : "downstream": .string((downstream ?? upstream).name(at: pair.example)),
          downstream == nil ? "other" : "upstream": .string(upstream.name(at: pair.other)),
        ]
        if let distance = pair.distance { item["distance"] = .int(Int64(distance)) }
        if let similarity = pair.similarity { item["similarity"] = .double(Double(similarity)) }
        return .object(item)
      })
    object["leave_out"] = .array(leftOut.map(JSONValue.string))
    return .object(object)
  }

  private func facts(_ pair: DuplicatePair) -> String {
    [
      pair.distance.map { "\($0) of 64 bits differ" },
      pair.similarity.map { "cosine \(fixed(Double($0), 3))" },
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// The surest pairs come last: what is doubtful is to be looked at.
  func page(_ how: String) -> DuplicatePage {
    func doubt(_ pair: DuplicatePair) -> Double {
      max(Double(pair.distance ?? 0) / 64, pair.similarity.map { 1 - Double($0) } ?? 0)
    }
    let shown = pairs.sorted { doubt($0) > doubt($1) }.prefix(Self.mostPictures)
    func item(_ dataset: any Dataset, _ index: Int) -> SearchPage.Item {
      let label = dataset.label(at: index)
      return SearchPage.Item(
        name: dataset.name(at: index), label: label < 0 ? nil : dataset.className(label),
        thumbnail: ExampleThumbnail.of(dataset, index))
    }
    let sets = downstream.map { "\($0.origin) in \(upstream.origin)" } ?? upstream.origin
    return DuplicatePage(
      title: "Duplicates", facts: "\(sets): \(how)", counts: counts,
      pairs: shown.map {
        DuplicatePage.Pair(
          example: item(downstream ?? upstream, $0.example), other: item(upstream, $0.other), facts: facts($0))
      },
      notes: pairs.count > shown.count
        ? ["The \(grouped(shown.count)) most doubtful of \(grouped(pairs.count)) pairs are shown."] : [])
  }
}
