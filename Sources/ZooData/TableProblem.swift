/// What can be wrong with a table of examples: a CSV or JSONL manifest, or the labels in WebDataset shards.
public enum TableProblem: Error, Sendable, Equatable {
  // CSV.
  case quoteInside
  case textAfterQuote(String)
  case quoteUnclosed
  case loneReturn
  case fieldCount(found: Int, wanted: Int)
  case notUTF8
  case tooManyMarks
  case repeatedColumn(String)
  case noHeader
  // JSON.
  case notObject
  case json(String)
  // Columns.
  case noImageColumn([String], columns: [String])
  case unknownColumn(String, columns: [String])
  case noLabelColumn(columns: [String])
  case severalLabelColumns([String])
  case noRows
  // Values.
  case noImage(column: String)
  case badWeight(String)
  case badGroup(String)
  case notClass(String)
  case notNumber(String)
  case notLabels(String)
  case mixed(String, with: String)
  case unknownName(String, known: [String])
  case labelOutside(String, count: Int)
  case tooManyNumbers
  case vectorWidth(found: Int, wanted: Int)
  // Shards.
  case imageTooLarge
  case severalImages(String)
  case annotation(String)
  // Annotations.
  case notAnnotations
  case badTimes(String)

  /// What is wrong, in words.
  public var text: String {
    switch self {
    case .quoteInside: "a quote inside a field that does not begin with one; write \"…\"\"…\""
    case .textAfterQuote(let found): "'\(found)' after the closing quote; a comma or the line's end must follow"
    case .quoteUnclosed: "the quote that opens here is never closed"
    case .loneReturn: "a carriage return without a line feed"
    case .fieldCount(let found, let wanted): "the line has \(found) fields, the header \(wanted)"
    case .notUTF8: "not UTF-8 text"
    case .tooManyMarks: "more than 30 combining marks in a row"
    case .repeatedColumn(let name): "column '\(name)' is there twice"
    case .noHeader: "is empty; the first line must name the columns"
    case .notObject: "a line must hold one JSON object"
    case .json(let reason): reason
    case .noImageColumn(let tried, let columns):
      "no column of image paths (\(tried.joined(separator: ", "))); there are \(columns.joined(separator: ", ")); "
        + "name it with 'image'"
    case .unknownColumn(let name, let columns):
      "there is no column '\(name)'; there are \(columns.joined(separator: ", "))"
    case .noLabelColumn(let columns): "no column of labels beside \(columns.joined(separator: ", "))"
    case .severalLabelColumns(let names):
      "\(names.joined(separator: ", ")) could each be the labels; choose one with 'label'"
    case .noRows: "holds no examples"
    case .noImage(let column): "'\(column)' is empty; it must be an image's path"
    case .badWeight(let value): "the weight \(value); it must be a number of at least 0"
    case .badGroup(let value): "\(value) names no group; it must be text or a number"
    case .notClass(let value): "\(value) is no class; it must be a name, or a whole number from 0"
    case .notNumber(let value): "\(value) is no number"
    case .notLabels(let value): "\(value) is no list of labels"
    case .mixed(let value, let kind): "\(value) among \(kind); say what the column holds with 'kind'"
    case .unknownName(let name, let known):
      "'\(name)' is not among the \(known.count) classes (\(known.prefix(5).joined(separator: ", "))"
        + (known.count > 5 ? ", …)" : ")")
    case .labelOutside(let value, let count): "label \(value); labels are whole numbers from 0 to \(count - 1)"
    case .tooManyNumbers: "more than 1073741824 numbers in the column"
    case .vectorWidth(let found, let wanted): "\(found) numbers where those above have \(wanted)"
    case .imageTooLarge: "an image of more than 2 GiB"
    case .annotation(let text): text
    case .notAnnotations: "not as zoo annotate writes it"
    case .badTimes(let value): "shown \(value) times; a whole number from 1 to 100000"
    case .severalImages(let other): "a second image of its sample, beside .\(other)"
    }
  }
}
