import ZooAlgebra
import ZooArchive
import ZooRecipe

/// All that labelling a record needs: terms, labels, vectors, weights.
struct LabelModel {
  let dictionary: TermDictionary
  let counts: TermCounts
  let space: LabelSpace
  let fit: ScoreFit

  static func make(
    _ recipe: AnnotationRecipe, _ dictionary: TermDictionary, _ counts: TermCounts, _ images: Matrix<Double>?,
    _ judged: [JudgedRecord]
  ) throws -> LabelModel {
    let space = try labelSpace(recipe, counts, images)
    guard !space.labels.isEmpty else {
      throw AnnotateError.settings(
        "no term is in \(recipe.clusters.headRecords) records (clusters.head-records), and rare ones are dropped")
    }
    let scorer = LabelScorer(recipe, space, counts)
    let names = LabelNames(dictionary, space)
    let fit = try ScoreFit.make(recipe, scorer, judged) { names.numbers(of: $0.labels) }
    return LabelModel(dictionary: dictionary, counts: counts, space: space, fit: fit)
  }

  var bytes: [UInt8] {
    var out = ByteWriter()
    out.add(dictionary.bytes)
    out.add(variable: UInt64(counts.records))
    for term in counts.terms { out.add(variable: UInt64(term.records)) }
    out.add(variable: UInt64(counts.pairs.count))
    for pair in counts.pairs {
      out.add(variable: UInt64(pair.first))
      out.add(variable: UInt64(pair.second))
      out.add(variable: UInt64(pair.records))
    }
    for label in space.labelOf { out.add(variable: UInt64(label + 1)) }
    out.add(variable: UInt64(space.labels.count))
    for label in space.labels {
      out.add(Array(label.name.utf8))
      out.add(variable: label.kind == .cluster ? 1 : 0)
      out.add(variable: UInt64(label.terms.count))
      for term in label.terms { out.add(variable: UInt64(term)) }
    }
    out.add(variable: UInt64(space.dimensions))
    for value in space.vectors { out.add(value) }
    out.add(variable: UInt64(fit.weights.count))
    for weight in fit.weights { out.add(weight.bitPattern) }
    out.add(fit.threshold.bitPattern)
    return out.bytes
  }

  init(dictionary: TermDictionary, counts: TermCounts, space: LabelSpace, fit: ScoreFit) {
    (self.dictionary, self.counts, self.space, self.fit) = (dictionary, counts, space, fit)
  }

  init(_ part: Part) throws {
    var stream = try part.stream("model")
    var inner = ByteStream(try stream.text(limit: 1 << 34), file: "\(part.path)/model")
    let dictionary = try TermDictionary(&inner)
    let terms = dictionary.terms.count
    let records = try stream.count(1 << 62)
    let counted = try dictionary.terms.map {
        TermCounts.Term(
          text: $0.text, language: $0.language, records: try stream.count(1 << 62), isLabel: $0.isLabel)
      }
    var pairs: [TermCounts.Pair] = []
    for _ in 0..<(try stream.count(1 << 40)) {
      let (first, second) = (try stream.count(max(terms - 1, 0)), try stream.count(max(terms - 1, 0)))
      pairs.append(TermCounts.Pair(Int32(first), Int32(second), records: try stream.count(1 << 62)))
    }
    counts = TermCounts(terms: counted, pairs: pairs, records: records)
    var labelOf: [Int32] = []
    for _ in 0..<terms { labelOf.append(Int32(try stream.count(terms)) - 1) }
    var labels: [Label] = []
    for _ in 0..<(try stream.count(terms)) {
      let name = try stream.string()
      let kind: Label.Kind = try stream.count(1) == 1 ? .cluster : .term
      var members: [Int] = []
      for _ in 0..<(try stream.count(terms)) { members.append(try stream.count(max(terms - 1, 0))) }
      labels.append(Label(name: name, kind: kind, terms: members))
    }
    guard labelOf.allSatisfy({ Int($0) < labels.count }) else { throw stream.wrong("names a label that is not there") }
    // Those of texts, and beside them those of images.
    let dimensions = try stream.count(1 << 17)
    var vectors: [Float] = []
    for _ in 0..<terms * dimensions { vectors.append(try stream.float()) }
    var weights: [Double] = []
    for _ in 0..<(try stream.count(1 << 16)) { weights.append(Double(bitPattern: try stream.unsigned())) }
    self.dictionary = dictionary
    space = LabelSpace(labels: labels, labelOf: labelOf, vectors: vectors, dimensions: dimensions)
    fit = ScoreFit(weights: weights, threshold: Double(bitPattern: try stream.unsigned()))
  }
}

/// Numbers of labels by what somebody calls them: a label's own name, or any term or form of it.
struct LabelNames {
  private let dictionary: TermDictionary
  private let space: LabelSpace
  private var own: [String: Int32] = [:]

  init(_ dictionary: TermDictionary, _ space: LabelSpace) {
    (self.dictionary, self.space) = (dictionary, space)
    for (number, term) in dictionary.terms.enumerated() where own[term.text] == nil {
      own[term.text] = space.labelOf[number]
    }
  }

  /// - Parameter names: normalised.
  func numbers(of names: [String]) -> (labels: Set<Int32>, unknown: Int) {
    var labels: Set<Int32> = []
    var unknown = 0
    for name in names {
      let number = own[name] ?? dictionary.terms(of: name).lazy.map { space.labelOf[$0] }.first ?? -1
      if number >= 0 { labels.insert(number) } else { unknown += 1 }
    }
    return (labels, unknown)
  }
}
