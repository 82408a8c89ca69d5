import ZooData

/// A field of a caption, and how people fill it in.
struct CaptionField {
  let name: String
  /// The share of images that have it.
  let present: Double
  /// The chance that it mentions a label of the image.
  let mention: Double
  /// Wrong words relative to the corpus's share.
  let wrong: Double
  let topics: ClosedRange<Int>
  let fillers: ClosedRange<Int>
  /// Several texts (a JSON list) rather than one.
  var isList = false

  /// A title is mostly right, and what people search with before they come to an image is often not. `wrong` is such
  /// that all mentions together have the corpus's share.
  static let all = [
    CaptionField(name: "title", present: 0.95, mention: 0.85, wrong: 0.6, topics: 0...1, fillers: 0...3),
    CaptionField(name: "alt", present: 0.75, mention: 0.9, wrong: 0.7, topics: 0...0, fillers: 0...2),
    CaptionField(name: "description", present: 0.85, mention: 0.85, wrong: 1.1, topics: 0...2, fillers: 3...8),
    CaptionField(name: "board", present: 0.9, mention: 0.4, wrong: 1.4, topics: 1...2, fillers: 0...2),
    CaptionField(name: "queries", present: 0.8, mention: 0.7, wrong: 1.5, topics: 0...1, fillers: 0...2, isList: true),
  ]

  static let meanWrong =
    all.reduce(0) { $0 + $1.present * $1.mention * $1.wrong } / all.reduce(0) { $0 + $1.present * $1.mention }
}

/// Writes what people say about an image.
struct Caption {
  /// Mentions of concepts so far, and those of concepts that are not in the image.
  private(set) var mentions = 0
  private(set) var wrong = 0
  /// The fields as members of a JSON object, `"title":"…","board":"…"`, without braces; UTF-8.
  private(set) var json: [UInt8] = []
  let language: Language
  private let world: World
  private let noise: Double
  private let typos: Double
  private var random: CounterRandom

  private enum Word {
    case concept(Int)
    case topic(Int)
    case filler(Int)
  }

  /// - Parameters:
  ///   - noise: the share of mentions that name what is not in the image.
  ///   - typos: the share of words that are misspelt.
  init(_ scene: Scene, _ world: World, seed: UInt64, index: Int, noise: Double, typos: Double) {
    (self.world, self.noise, self.typos) = (world, noise, typos)
    random = CounterRandom(seed: seed, 4).split(UInt64(index))
    let place = random.integer(below: 20)
    language = place < 12 ? .english : place < 17 ? .german : .french
    json.reserveCapacity(512)
    for field in CaptionField.all where random.chance(field.present) { write(field, scene) }
  }

  private mutating func write(_ field: CaptionField, _ scene: Scene) {
    // A tenth of the fields come from people who speak another language.
    let language =
      random.chance(0.1) ? Language.allCases[random.integer(below: Language.allCases.count)] : self.language
    var words: [Word] = []
    let share = min(1, noise * field.wrong / CaptionField.meanWrong)
    for label in scene.labels where random.chance(field.mention) {
      let isWrong = random.chance(share)
      mentions += 1
      if isWrong { wrong += 1 }
      words.append(.concept(isWrong ? wrongLabel(scene) : label))
    }
    for _ in 0..<draw(field.topics) {
      let own = world.topicsByGlyph[scene.glyph]
      let topic = random.chance(share) ? random.integer(below: world.topics.count) : own[random.integer(below: own.count)]
      words.append(.topic(topic))
    }
    for _ in 0..<draw(field.fillers) {
      words.append(.filler(random.integer(below: world.fillers.count)))
    }
    if words.isEmpty { return }
    random.shuffle(&words)
    if !json.isEmpty { json.append(UInt8(ascii: ",")) }
    json.append(UInt8(ascii: "\""))
    json.append(contentsOf: field.name.utf8)
    json.append(contentsOf: "\":".utf8)
    if field.isList { json.append(UInt8(ascii: "[")) }
    json.append(UInt8(ascii: "\""))
    let isTitle = field.name == "title" && random.chance(0.7)
    for (place, word) in words.enumerated() {
      if place > 0 { separate(field) }
      write(word, language, isTitle: isTitle)
    }
    json.append(UInt8(ascii: "\""))
    if field.isList { json.append(UInt8(ascii: "]")) }
  }

  private mutating func draw(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + random.integer(below: range.count)
  }

  private mutating func separate(_ field: CaptionField) {
    if field.isList, random.chance(0.4) {
      json.append(contentsOf: "\",\"".utf8)
    } else if !field.isList, random.chance(0.15) {
      json.append(contentsOf: (random.chance(0.5) ? ", " : " – ").utf8)
    } else {
      json.append(UInt8(ascii: " "))
    }
  }

  /// A concept of some other image: frequent ones are the more often wrong.
  private mutating func wrongLabel(_ scene: Scene) -> Int {
    var chosen = 0
    for _ in 0..<64 {
      switch random.integer(below: 10) {
      case 0..<4: chosen = world.zipf.draw(&random)
      case 4..<7: chosen = world.colours.lowerBound + world.colourPopularity.draw(&random)
      case 7: chosen = world.ornaments.lowerBound + world.ornamentPopularity.draw(&random)
      case 8: chosen = world.ground
      default: chosen = world.sizes.lowerBound + random.integer(below: world.sizes.count)
      }
      if !scene.labels.contains(chosen) { return chosen }
    }
    return chosen
  }

  private mutating func write(_ word: Word, _ language: Language, isTitle: Bool) {
    let synonyms =
      switch word {
      case .concept(let index): world.concepts[index].phrases[language.rawValue]
      case .topic(let index): world.topics[index][language.rawValue]
      case .filler(let index): world.fillers[index][language.rawValue]
      }
    let phrase = synonyms[random.integer(below: synonyms.count)]
    let manner = random.integer(below: 100)
    if manner < 3 { json.append(UInt8(ascii: "#")) }
    let bytes = isTitle ? phrase.title : manner < 10 ? phrase.decomposed : manner < 13 ? phrase.upper : phrase.lower
    if random.chance(typos) { misspell(bytes) } else { json.append(contentsOf: bytes) }
  }

  /// Swaps, drops or doubles a letter; letters with marks, and words of less than five letters, are left alone.
  private mutating func misspell(_ bytes: [UInt8]) {
    func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
    let places = bytes.indices.dropFirst().dropLast().filter { isLetter(bytes[$0]) && isLetter(bytes[$0 + 1]) }
    guard bytes.count >= 5, !places.isEmpty else { return json.append(contentsOf: bytes) }
    let place = places[random.integer(below: places.count)]
    json.append(contentsOf: bytes[..<place])
    switch random.integer(below: 3) {
    case 0: json += [bytes[place + 1], bytes[place]] + bytes[(place + 2)...]
    case 1: json += bytes[(place + 1)...]
    default: json += [bytes[place]] + bytes[place...]
    }
  }
}
