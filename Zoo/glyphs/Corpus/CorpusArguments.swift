/// What the command line of `zoo-glyphs corpus` asks for.
struct CorpusArguments {
  static let usage = """
    usage: zoo-glyphs corpus --count N [--seed S] [--world W] [--species N] [--noise SHARE] [--typos SHARE]
             [--duplicates SHARE] [--shards N] [--text-only] [--no-truth] -o FOLDER|-
    """
  /// A record's key has twelve digits.
  static let maximumCount = 999_999_999_999
  static let maximumShards = 99_999

  var count = 0
  var seed: UInt64 = 0
  /// Which concepts and words there are; corpora of one world go together.
  var world: UInt64 = 0
  var species = 648
  var noise = 0.3
  var typos = 0.04
  var duplicates = 0.08
  var shards = 1
  var isTextOnly = false
  var hasTruth = true
  /// "-" writes the records to standard output.
  var folder = ""

  init(_ words: [String]) throws(GlyphsError) {
    var rest = words[...]
    while let option = rest.popFirst() {
      switch option {
      case "--text-only":
        isTextOnly = true
        continue
      case "--no-truth":
        hasTruth = false
        continue
      case "--count", "--seed", "--world", "--species", "--noise", "--typos", "--duplicates", "--shards", "-o": break
      default: throw .unknownOption(option, usage: Self.usage)
      }
      guard let value = rest.popFirst() else { throw .missingValue(option, usage: Self.usage) }
      switch option {
      case "--count": count = try Self.number(option, value, 1...Self.maximumCount)
      case "--seed", "--world":
        guard let number = UInt64(value) else { throw .seed(option, value) }
        if option == "--seed" { seed = number } else { world = number }
      case "--species": species = try Self.number(option, value, 0...1_000_000)
      case "--noise": noise = try Self.share(option, value, 0...0.6)
      case "--typos": typos = try Self.share(option, value, 0...1)
      case "--duplicates": duplicates = try Self.share(option, value, 0...0.9)
      case "--shards": shards = try Self.number(option, value, 1...Self.maximumShards)
      default: folder = value
      }
    }
    if count == 0 { throw .missingOption("--count", usage: Self.usage) }
    if folder.isEmpty { throw .missingOption("-o", usage: Self.usage) }
    if folder == "-", !isTextOnly || hasTruth { throw .standardOutput }
    shards = min(shards, count)
  }

  private static func number(_ option: String, _ text: String, _ range: ClosedRange<Int>) throws(GlyphsError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw .count(option, text, range)
    }
    return number
  }

  private static func share(_ option: String, _ text: String, _ range: ClosedRange<Double>) throws(GlyphsError) -> Double
  {
    guard let number = Double(text), range.contains(number) else { throw .share(option, text, range) }
    return number
  }
}
