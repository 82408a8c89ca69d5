import ZooData

/// What images of the corpus may show, and the words for it: a function of the lexicon and a seed.
///
/// A glyph is said either by its letter, a concept of the distribution's head, or by one of its *species*, the tail: a
/// species is one glyph in one colour with one ornament, has an invented name, and only the names of its topics give
/// away which species are akin. No word names the family (the glyph) of a species.
struct World {
  enum Kind: String {
    case letter
    case species
    case colour
    case ornament
    case ground
    case size
  }

  /// A label that an image may truly have.
  struct Concept {
    let kind: Kind
    /// The canonical form: the first English one.
    let name: String
    /// Synonyms by language.
    let phrases: [[Phrase]]
    /// Position in `GlyphClass.all`; nil unless a letter or a species.
    var glyph: Int?
    /// Position among the colours and ornaments; 0 ornaments is none. Of a species alone.
    var colour = 0
    var ornament = 0
  }

  /// Letters that are concepts of the head.
  static let letters = "ACEFHKLMPRTUVWXY"
  /// Glyphs that only species show. The others (D I Q S Z d h m n r) are in no image.
  static let families = "0123456789BGJNaeft"
  static let topicsOfGlyph = 6

  /// Letters, then species by falling frequency, then attributes.
  let concepts: [Concept]
  /// Concepts 0..<glyphConcepts are what the Zipf law runs over.
  let glyphConcepts: Int
  let colours: Range<Int>
  let ornaments: Range<Int>
  let ground: Int
  let sizes: Range<Int>
  let topics: [[[Phrase]]]
  /// For each glyph of `GlyphClass.all` the topics that its images are filed under.
  let topicsByGlyph: [[Int]]
  let fillers: [[[Phrase]]]
  let zipf: Zipf
  let colourPopularity: Zipf
  let ornamentPopularity: Zipf

  /// - Parameter species: 0 or more, shared out evenly among the families.
  init(lexicon: Lexicon, species: Int, seed: UInt64) throws(GlyphsError) {
    var random = CounterRandom(seed: seed, 0x776F_726C_64)
    func phrases(_ forms: [[String]], _ name: String = "") -> [[Phrase]] {
      forms.map { $0.map { Phrase($0.replacing("{}", with: name)) } }
    }
    func attributes(_ kind: Kind) throws(GlyphsError) -> [Concept] {
      try lexicon.entries(kind.rawValue).map { Concept(kind: kind, name: $0.forms[0][0], phrases: phrases($0.forms)) }
    }
    let (colourWords, ornamentWords) = (try attributes(.colour), try attributes(.ornament))
    let letterForms = try lexicon.entries("letter")[0].forms
    var concepts = Self.letters.map { letter -> Concept in
      let forms = phrases(letterForms, letter.lowercased())
      return Concept(kind: .letter, name: forms[0][0].text, phrases: forms, glyph: Self.glyph(letter))
    }

    let looks = colourWords.count * (ornamentWords.count + 1)
    let families = Self.families.map(Self.glyph)
    let perFamily = (species + families.count - 1) / families.count
    guard perFamily <= looks else { throw .species(looks * families.count) }
    let looksByFamily = families.map { _ in random.permutation(looks) }
    var names = try SpeciesNames(lexicon)
    let forms = try lexicon.entries("species")[0].forms
    for turn in 0..<perFamily {
      // Every family has its share of the frequent ones.
      for family in random.permutation(families.count) where concepts.count < Self.letters.count + species {
        let look = looksByFamily[family][turn]
        var words = phrases(forms, names.next(&random))
        if random.chance(0.4) { words[0].append(Phrase(names.next(&random))) }
        concepts.append(
          Concept(
            kind: .species, name: words[0][0].text, phrases: words, glyph: families[family],
            colour: look % colourWords.count, ornament: look / colourWords.count))
      }
    }
    glyphConcepts = concepts.count
    colours = concepts.count..<concepts.count + colourWords.count
    concepts += colourWords
    ornaments = concepts.count..<concepts.count + ornamentWords.count
    concepts += ornamentWords
    ground = concepts.count
    concepts += try attributes(.ground).prefix(1)
    let sizeWords = try attributes(.size)
    sizes = concepts.count..<concepts.count + sizeWords.count
    concepts += sizeWords
    self.concepts = concepts

    let topicWords = try lexicon.entries("topic")
    topics = topicWords.map { phrases($0.forms) }
    topicsByGlyph = GlyphClass.all.map { _ in Array(random.permutation(topicWords.count).prefix(Self.topicsOfGlyph)) }
    fillers = try lexicon.entries("filler").map { phrases($0.forms) }
    zipf = Zipf(count: glyphConcepts, offset: 3)
    colourPopularity = Zipf(count: colourWords.count, offset: 4)
    ornamentPopularity = Zipf(count: ornamentWords.count, offset: 4)
  }

  private static func glyph(_ name: Character) -> Int {
    GlyphClass.all.firstIndex { $0.name == String(name) } ?? 0
  }
}

/// Whole numbers from 0 with probabilities in proportion to 1 / (number + offset).
struct Zipf {
  private let cumulative: [Double]

  init(count: Int, offset: Double) {
    var sum = 0.0
    cumulative = (0..<count).map {
      sum += 1 / (Double($0) + offset)
      return sum
    }
  }

  func draw(_ random: inout CounterRandom) -> Int {
    guard let total = cumulative.last else { return 0 }
    let target = random.uniform() * total
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Names that no language has, each given once.
struct SpeciesNames {
  private let onsets: [String]
  private let vowels: [String]
  private let codas: [String]
  private var taken: Set<String> = []

  init(_ lexicon: Lexicon) throws(GlyphsError) {
    onsets = try lexicon.entries("onset").map(\.key)
    vowels = try lexicon.entries("vowel").map(\.key)
    codas = try lexicon.entries("coda").map(\.key)
  }

  mutating func next(_ random: inout CounterRandom) -> String {
    while true {
      var name = ""
      for _ in 0..<2 + random.integer(below: 2) {
        name += onsets[random.integer(below: onsets.count)] + vowels[random.integer(below: vowels.count)]
      }
      name += codas[random.integer(below: codas.count)]
      if taken.insert(name).inserted { return name }
    }
  }
}
