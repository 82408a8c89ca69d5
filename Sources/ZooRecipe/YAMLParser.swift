import CLibYAML

/// What a document may be at most; anything larger is refused before it costs memory.
public struct YAMLLimits: Sendable {
  public var bytes: Int
  public var nodes: Int
  public var depth = 64
  public var keyLength = 128

  /// For recipes: 1 MB, 100,000 values.
  public static let recipe = YAMLLimits(bytes: 1_000_000, nodes: 100_000)
  /// For the config of an archive, whose list of labels may be long: 16 MB, a million values.
  public static let config = YAMLLimits(bytes: 16_000_000, nodes: 1_000_000)
}

extension YAMLNode {
  /// Parses one YAML document. Anchors, aliases, tags, duplicate keys and further documents are refused.
  ///
  /// - Parameters:
  ///   - name: the file as errors show it.
  ///   - folder: what relative paths in it are relative to; by default the folder of `name`.
  /// - Returns: nil where the text holds no value at all.
  /// - Throws: `RecipeError` with the place.
  public static func parse(
    _ bytes: [UInt8], name: String, folder: String? = nil, limits: YAMLLimits = .recipe
  ) throws -> YAMLNode? {
    guard bytes.count <= limits.bytes else {
      throw RecipeError.tooLarge(SourceLocation(file: name), limit: limits.bytes)
    }
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let source = SourceText(
      name: name, folder: folder ?? folderOf(name), bytes: mark == 0 ? bytes : Array(bytes[mark...]))
    if let offset = firstInvalidUTF8(source.bytes) {
      let (line, column) = source.position(of: offset)
      throw RecipeError.notUTF8(SourceLocation(file: name, line: line, column: column, source: source))
    }
    if let offset = firstTagDirective(source) {
      let (line, column) = source.position(of: offset)
      throw RecipeError.tagDirective(SourceLocation(file: name, line: line, column: column, source: source))
    }
    return try parseDocument(source, limits: limits)
  }
}

/// The offset of the first byte that is not UTF-8.
private func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
  if String(validating: bytes, as: UTF8.self) != nil { return nil }
  var parser = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var offset = 0
  while true {
    switch parser.parseScalar(from: &iterator) {
    case .valid(let encoded): offset += encoded.count
    case .error, .emptyInput: return offset
    }
  }
}

/// The offset of the first `%TAG` line, which libyaml would compare with every one before it: minutes, for a
/// file full of them. Directives stand before a document, at the beginning or behind a line of three points.
private func firstTagDirective(_ source: SourceText) -> Int? {
  var start: Int? = 0
  var isHead = true
  while let from = start {
    let (end, next) = source.endOfLine(from: from)
    let line = source.bytes[from..<end]
    if isHead, line.starts(with: "%TAG".utf8) { return from }
    if line.starts(with: "...".utf8) {
      isHead = true
    } else if let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }) {
      isHead = isHead && (first == UInt8(ascii: "#") || first == UInt8(ascii: "%"))
    }
    start = next
  }
  return nil
}

private func parseDocument(_ source: SourceText, limits: YAMLLimits) throws -> YAMLNode? {
  try source.bytes.withUnsafeBufferPointer { bytes in
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else {
      throw RecipeError.cannotRead(source.name, because: "out of memory")
    }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
    var builder = DocumentBuilder(source: source, limits: limits)
    return try builder.document(&parser)
  }
}

/// An event of libyaml, copied out of its memory.
private struct Event {
  enum Kind {
    case scalar(String, plain: Bool)
    case alias(String)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    case documentStart, streamEnd, other
  }
  var kind: Kind
  var location: SourceLocation
  var anchor: String?
  var tag: String?
}

private struct DocumentBuilder {
  let source: SourceText
  let limits: YAMLLimits
  var nodes = 0

  init(source: SourceText, limits: YAMLLimits) {
    self.source = source
    self.limits = limits
  }

  mutating func document(_ parser: inout yaml_parser_t) throws -> YAMLNode? {
    var root: YAMLNode?
    while true {
      let event = try next(&parser)
      switch event.kind {
      case .streamEnd: return root
      case .documentStart:
        if root != nil { throw RecipeError.severalDocuments(event.location) }
        root = try node(try next(&parser), &parser, depth: 1)
      default: continue
      }
    }
  }

  private mutating func node(_ event: Event, _ parser: inout yaml_parser_t, depth: Int) throws -> YAMLNode {
    if case .alias(let name) = event.kind { throw RecipeError.alias(event.location, name) }
    if let anchor = event.anchor { throw RecipeError.anchor(event.location, anchor) }
    if let tag = event.tag { throw RecipeError.tag(event.location, tag) }
    guard depth <= limits.depth else { throw RecipeError.tooDeep(event.location, limit: limits.depth) }
    nodes += 1
    guard nodes <= limits.nodes else { throw RecipeError.tooManyNodes(event.location, limit: limits.nodes) }
    switch event.kind {
    case .scalar(let text, let plain):
      guard text.isStreamSafe else { throw RecipeError.tooManyMarks(event.location) }
      return YAMLNode(.scalar(text, plain: plain), at: event.location)
    case .sequenceStart:
      var items: [YAMLNode] = []
      while true {
        let item = try next(&parser)
        if case .sequenceEnd = item.kind { return YAMLNode(.sequence(items), at: event.location) }
        items.append(try node(item, &parser, depth: depth + 1))
      }
    case .mappingStart:
      return YAMLNode(.mapping(try entries(&parser, depth: depth)), at: event.location)
    default:
      throw RecipeError.notYAML(event.location, problem: "no value where one must be", context: nil)
    }
  }

  private mutating func entries(_ parser: inout yaml_parser_t, depth: Int) throws -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    var places: [String: SourceLocation] = [:]
    while true {
      let event = try next(&parser)
      if case .mappingEnd = event.kind { return entries }
      let key = try node(event, &parser, depth: depth + 1)
      guard case .scalar(let text, _) = key.content else { throw RecipeError.keyNotText(key.location) }
      if key.isNull && text.isEmpty { throw RecipeError.emptyKey(key.location) }
      if text.unicodeScalars.count > limits.keyLength {
        throw RecipeError.longKey(key.location, limit: limits.keyLength)
      }
      if let first = places[text] { throw RecipeError.duplicateKey(key.location, text, first: first) }
      places[text] = key.location
      let value = try node(try next(&parser), &parser, depth: depth + 1)
      entries.append(YAMLEntry(text, value, at: key.location))
    }
  }

  private func next(_ parser: inout yaml_parser_t) throws -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(&parser, &event) == 1 else { throw failure(of: parser) }
    defer { yaml_event_delete(&event) }
    return copy(event)
  }

  private func location(_ mark: yaml_mark_t) -> SourceLocation {
    SourceLocation(file: source.name, line: mark.line + 1, column: mark.column + 1, source: source)
  }

  private func failure(of parser: yaml_parser_t) -> RecipeError {
    let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be parsed"
    let context = parser.context.map { String(cString: $0) }
    guard parser.error != YAML_READER_ERROR else {
      // The reader runs ahead of the marks and says the byte instead.
      let (line, column) = source.position(of: parser.problem_offset)
      let at = SourceLocation(file: source.name, line: line, column: column, source: source)
      return .notYAML(at, problem: problem, context: nil)
    }
    let at = location(parser.problem_mark)
    // At the end of the file there is nothing to show; what was left open is the better place.
    if let context, parser.context_mark.line < parser.problem_mark.line,
      source.line(at.line)?.allSatisfy(\.isWhitespace) ?? true
    {
      return .unclosed(location(parser.context_mark), problem: problem, context: context)
    }
    return .notYAML(at, problem: problem, context: context)
  }

  private func copy(_ event: yaml_event_t) -> Event {
    func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      pointer.map { String(cString: $0) }
    }
    let at = location(event.start_mark)
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      let value = String(decoding: bytes, as: UTF8.self)
      let plain = scalar.style == YAML_PLAIN_SCALAR_STYLE
      return Event(
        kind: .scalar(value, plain: plain), location: at, anchor: text(scalar.anchor), tag: text(scalar.tag))
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return Event(kind: .sequenceStart, location: at, anchor: text(start.anchor), tag: text(start.tag))
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return Event(kind: .mappingStart, location: at, anchor: text(start.anchor), tag: text(start.tag))
    case YAML_ALIAS_EVENT: return Event(kind: .alias(text(event.data.alias.anchor) ?? ""), location: at)
    case YAML_SEQUENCE_END_EVENT: return Event(kind: .sequenceEnd, location: at)
    case YAML_MAPPING_END_EVENT: return Event(kind: .mappingEnd, location: at)
    case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, location: at)
    case YAML_STREAM_END_EVENT: return Event(kind: .streamEnd, location: at)
    default: return Event(kind: .other, location: at)
    }
  }
}
