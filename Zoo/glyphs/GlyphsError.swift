/// A mistake on the command line, or a folder that cannot be made.
enum GlyphsError: Error, CustomStringConvertible, Sendable {
  case unknownOption(String)
  case missingOption(String)
  case missingValue(String)
  case count(String)
  case seed(String)
  case size(String)
  case unknownClass(String)
  case folder(String, reason: String)

  /// 2 for a command line that cannot be right, 1 for the rest.
  var exitCode: Int32 {
    if case .folder = self { 1 } else { 2 }
  }

  var description: String {
    switch self {
    case .unknownOption(let option): "unknown option '\(option)'\n\(Arguments.usage)"
    case .missingOption(let option): "\(option) is missing\n\(Arguments.usage)"
    case .missingValue(let option): "\(option) needs a value\n\(Arguments.usage)"
    case .count(let text):
      "--count: '\(text)' is not a whole number from 1 to \(Arguments.maximumCount)"
    case .seed(let text): "--seed: '\(text)' is not a whole number from 0 to 2^64 - 1"
    case .size(let text): "--size: '\(text)' is neither 8 nor 32"
    case .unknownClass(let name):
      "--classes: '\(name)' is none of \(GlyphClass.all.map(\.name).joined())"
    case .folder(let path, let reason): "\(path): the folder cannot be made: \(reason)"
    }
  }
}
