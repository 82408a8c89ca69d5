import ZooData
import ZooRecipe

/// Words of files, one a line; what follows a `#` is a remark.
struct WordList: Sendable {
  private var index = TermIndex()

  init() {}

  /// - Throws: `RecipeError` at the path, for a file that cannot be read or is no UTF-8.
  init(_ paths: [RecipePath]) throws {
    for path in paths {
      for line in try textFile(path).split(whereSeparator: \.isNewline) {
        let word = line.prefix { $0 != "#" }
        if let term = canonicalTerm(String(word)) { index.add(term) }
      }
    }
  }

  init(_ words: [String]) {
    for word in words { if let term = canonicalTerm(word) { index.add(term) } }
  }

  var count: Int { index.count }

  @inline(__always)
  func contains(_ word: Tokens.Word, of tokens: Tokens) -> Bool {
    index.count > 0 && index.find(word.hash, tokens.bytes, word.start, word.end) != nil
  }
}

/// The text of a file that a recipe names, of at most 64 MiB.
func textFile(_ path: RecipePath) throws -> String {
  try path.read { path in
    let file = try ReadableFile(path)
    guard file.size <= 64 << 20 else { throw AnnotateError.file(path, "is larger than 64 MiB") }
    guard let text = String(validating: try file.read(offset: 0, count: file.size), as: UTF8.self) else {
      throw AnnotateError.file(path, "is not UTF-8 text")
    }
    return text
  }
}
