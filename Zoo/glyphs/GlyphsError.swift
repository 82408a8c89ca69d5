/// A mistake on the command line, a font that cannot be used, or a folder that cannot be made.
enum GlyphsError: Error, CustomStringConvertible, Sendable {
  case unknownOption(String, usage: String)
  case missingOption(String, usage: String)
  case missingValue(String, usage: String)
  case count(String, String, ClosedRange<Int>)
  case share(String, String, ClosedRange<Double>)
  case seed(String, String)
  case size(String)
  case unknownClass(String)
  case source(String)
  case fontsNotWanted
  case species(Int)
  case standardOutput
  case words(line: Int)
  case wordsLack(String)
  case fontList(line: Int)
  case font(String, reason: String)
  case missingFonts(Int, of: Int, first: String)
  case fontFolder(String)
  case noFonts(String)
  case noFontHas(String, String)
  case folder(String, reason: String)
  case output(reason: String)

  /// 2 for a command line that cannot be right, 1 for the rest.
  var exitCode: Int32 {
    switch self {
    case .folder, .output, .words, .wordsLack, .fontList, .font, .missingFonts, .fontFolder, .noFonts, .noFontHas: 1
    default: 2
    }
  }

  var description: String {
    switch self {
    case .unknownOption(let option, let usage): "unknown option '\(option)'\n\(usage)"
    case .missingOption(let option, let usage): "\(option) is missing\n\(usage)"
    case .missingValue(let option, let usage): "\(option) needs a value\n\(usage)"
    case .count(let option, let text, let range):
      "\(option): '\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .share(let option, let text, let range):
      "\(option): '\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)"
    case .seed(let option, let text): "\(option): '\(text)' is not a whole number from 0 to 2^64 - 1"
    case .size(let text): "--size: '\(text)' is neither 8 nor 32"
    case .unknownClass(let name):
      "--classes: '\(name)' is none of \(GlyphClass.all.map(\.name).joined())"
    case .source(let text): "--from: '\(text)' is none of strokes, fonts and both"
    case .fontsNotWanted: "--fonts: there is nothing to take from fonts with --from strokes"
    case .fontList(let line): "fonts.tsv:\(line): not package, licence, file and perhaps characters"
    case .font(let path, let reason): "\(path): \(reason)"
    case .missingFonts(let count, let all, let first):
      """
      \(count) of the \(all) fonts are not in \(FontList.folder), \(first) being the first: 'make glyph-fonts' installs them; \
      --fonts FOLDER takes others, --from strokes none
      """
    case .fontFolder(let path): "\(path): not a folder that can be read"
    case .noFonts(let path): "\(path): no font (.ttf, .otf) is in it"
    case .noFontHas(let name, let path): "\(path): no font there has '\(name)'"
    case .species(let most): "--species: there are looks for at most \(most)"
    case .standardOutput: "-o -: standard output takes records alone: give --text-only and --no-truth"
    case .words(let line): "words.tsv:\(line): not kind, key and one or three languages"
    case .wordsLack(let kind): "words.tsv: no words of the kind '\(kind)'"
    case .folder(let path, let reason): "\(path): the folder cannot be made: \(reason)"
    case .output(let reason): "standard output: \(reason)"
    }
  }
}
