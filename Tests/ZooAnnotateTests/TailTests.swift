import Testing
import ZooAlgebra
import ZooAnnotate
import ZooData

/// 2 frequent terms, 24 rare ones in 3 families of 8, and 18 contexts, 6 of each family.
private struct Corpus {
  static let rare = 2..<26
  static let contexts = 26..<44
  var terms: [TailTerm] = [TailTerm("red", records: 500), TailTerm("blue", records: 400)]
  var pairs: [TermCounts.Pair] = []

  /// - Parameter contexts: whether the contexts are no labels.
  init(contexts areContexts: Bool = true) {
    for term in Self.rare { terms.append(TailTerm("rare \(term)", records: 8 + term % 5)) }
    for context in Self.contexts { terms.append(TailTerm("topic \(context)", records: 150, isLabel: !areContexts)) }
    var random = CounterRandom(seed: 1)
    for term in Self.rare {
      pairs.append(TermCounts.Pair(Int32(term % 2), Int32(term), records: 3))
      for context in Self.contexts {
        let own = context % 3 == Self.family(term)
        let records = own ? 3 + random.integer(below: 4) : random.integer(below: 2)
        if records > 0 { pairs.append(TermCounts.Pair(Int32(term), Int32(context), records: records)) }
      }
    }
    pairs.sort { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  static func family(_ term: Int) -> Int { term % 3 }
}

@Suite struct TailTests {
  let algebra = Result { try Algebra() }

  private func options(_ method: TailMethod = .kMeans, clusters: Int? = 3) -> TailOptions {
    TailOptions(method: method, clusters: clusters, vectors: TermVectorOptions(dimensions: 6))
  }

  @Test(arguments: [
    TailMethod.kMeans, .miniBatch(16), .agglomeration(.average), .agglomeration(.ward), .agglomeration(.complete),
  ])
  func termsThatKeepTheSameCompanyFoldTogether(_ method: TailMethod) throws {
    let corpus = Corpus()
    let result = try clusterTail(
      terms: corpus.terms, pairs: corpus.pairs, options: options(method), algebra: try algebra.get())
    #expect(result.labels.map(\.isCluster) == [false, false, true, true, true])
    #expect(result.labels.prefix(2).map(\.name) == ["red", "blue"])
    let clusters = Corpus.rare.map { result.labelOf[$0] ?? -1 }
    #expect(ClusterQuality(clusters: clusters, classes: Corpus.rare.map(Corpus.family)).adjustedRand == 1)
    // Contexts are no labels, and every term that is one has one.
    #expect(Corpus.contexts.allSatisfy { result.labelOf[$0] == nil })
    for (number, label) in result.labels.enumerated() {
      #expect(label.terms.allSatisfy { result.labelOf[$0] == number })
      #expect(label.records == label.terms.reduce(0) { $0 + corpus.terms[$1].records })
    }
    #expect(result.labels.reduce(0) { $0 + $1.terms.count } == 26)
    #expect(Set(result.labels.map(\.name)).count == 5)
    for term in Corpus.rare {
      let length = result.vectors.row(term).reduce(0) { $0 + $1 * $1 }
      #expect(abs(length - 1) < 1e-9)
    }
  }

  @Test func rareTermsCanBeDropped() throws {
    let corpus = Corpus()
    let result = try clusterTail(
      terms: corpus.terms, pairs: corpus.pairs, options: options(.none), algebra: try algebra.get())
    #expect(result.labels.map(\.name) == ["red", "blue"])
    #expect(Corpus.rare.allSatisfy { result.labelOf[$0] == nil })
  }

  @Test func theHeadIsBoundedByRecordsAndByNumber() throws {
    let corpus = Corpus(contexts: false)
    var options = options(clusters: 4)
    options.headRecords = 400
    let few = try clusterTail(terms: corpus.terms, pairs: corpus.pairs, options: options, algebra: try algebra.get())
    #expect(few.labels.count { !$0.isCluster } == 2)
    options.headTerms = 1
    let one = try clusterTail(terms: corpus.terms, pairs: corpus.pairs, options: options, algebra: try algebra.get())
    #expect(one.labels.filter { !$0.isCluster }.map(\.name) == ["red"])
    #expect(one.labelOf.allSatisfy { $0 != nil })
    #expect(one.labels.count { $0.isCluster } <= 4)
  }

  @Test func aTermThatIsTooRareToFitGoesToTheNearestCluster() throws {
    var corpus = Corpus()
    corpus.terms.append(TailTerm("once", records: 1))
    corpus.terms.append(TailTerm("alone", records: 1))
    let once = corpus.terms.count - 2
    for context in Corpus.contexts where context % 3 == 1 {
      corpus.pairs.append(TermCounts.Pair(Int32(context), Int32(once), records: 1))
    }
    let result = try clusterTail(
      terms: corpus.terms, pairs: corpus.pairs, options: options(), algebra: try algebra.get())
    #expect(result.labelOf[once] == result.labelOf[Corpus.rare.first { Corpus.family($0) == 1 } ?? 0])
    // Of a term without company nothing is known, but it has a label.
    let alone = try #require(result.labelOf[once + 1])
    #expect(result.labels[alone].terms == [once + 1])
    #expect(result.vectors.row(once + 1).allSatisfy { $0 == 0 })
  }

  @Test func imagesTellTermsApartThatTextsDoNot() throws {
    // Texts say the same of all; images show two kinds.
    var terms: [TailTerm] = (0..<8).map { TailTerm("rare \($0)", records: 5) }
    terms += (8..<28).map { TailTerm("topic \($0)", records: 50, isLabel: false) }
    let pairs = (0..<8).flatMap { term in
      (8..<28).map { TermCounts.Pair(Int32(term), Int32($0), records: 1 + ($0 * 7 + term * 3) % 3) }
    }
    var means = TermImageMeans(terms: terms.count, dimensions: 3)
    for term in 0..<8 {
      means.add(term < 4 ? [1, 0.2, 0.1] : [0, 0.2, 1], terms: [term])
      means.add(term < 4 ? [0.9, 0.1, 0] : [0.1, 0, 0.9], terms: [term, 400])
      means.add([1, 1], terms: [term])
    }
    #expect(means.images[0] == 2)
    let result = try clusterTail(
      terms: terms, pairs: pairs, images: means.vectors, options: options(clusters: 2), algebra: try algebra.get())
    let found = (0..<8).map { result.labelOf[$0] ?? -1 }
    #expect(ClusterQuality(clusters: found, classes: (0..<8).map { $0 / 4 }).adjustedRand == 1)
  }

  @Test func namesOfLabelsAreUnique() throws {
    let terms = [TailTerm("gift", records: 300), TailTerm("gift", records: 200), TailTerm("gift", records: 2)]
    let result = try clusterTail(
      terms: terms, pairs: [], options: TailOptions(headRecords: 100), algebra: try algebra.get())
    #expect(result.labels.map(\.name) == ["gift", "gift (2)", "gift (3)"])
  }

  @Test func nothingIsNoMistake() throws {
    let empty = try clusterTail(terms: [], pairs: [], options: TailOptions(), algebra: try algebra.get())
    #expect(empty.labels.isEmpty)
    #expect(throws: AnnotateError.settings("a pair of the terms 0 and 9 among 1")) {
      try clusterTail(
        terms: [TailTerm("a", records: 1)], pairs: [TermCounts.Pair(0, 9, records: 1)], options: TailOptions(),
        algebra: try algebra.get())
    }
  }
}
