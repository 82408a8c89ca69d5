/// The options of a plugin (a head or an architecture) as they were written: an ordered mapping that only the
/// plugin can check.
public struct PluginOptions: Sendable, Equatable {
  /// Always a mapping.
  public let node: YAMLNode

  /// No options.
  public init() { node = YAMLNode(.mapping([])) }

  /// Options made in code, in order.
  public init(_ entries: [(String, YAMLNode)]) { node = .map(entries) }

  init(_ node: YAMLNode, _ path: String) throws {
    guard node.entries != nil else { throw RecipeError.wrongType(node, path, wanted: "a mapping") }
    self.node = node
  }

  /// Options from JSON text (an object), such as a plugin hands back with its defaults filled in.
  ///
  /// - Throws: `RecipeError` with `name` as the file.
  public init(json: String, name: String) throws {
    guard let node = try YAMLNode.parse(Array(json.utf8), name: name, limits: .config) else {
      throw RecipeError.empty(SourceLocation(file: name))
    }
    guard node.entries != nil else { throw RecipeError.notMapping(node) }
    self.node = node
  }

  /// Options from `--set option=value` settings. The value is YAML; commas between numbers make a list
  /// (`units=1,2,1,1`).
  public init(settings: [String]) throws {
    var tree = YAMLNode(.mapping([]))
    for setting in settings { try RecipeTree.set(setting, in: &tree, folder: "", commas: true) }
    node = tree
  }

  public var entries: [YAMLEntry] { node.entries ?? [] }
  public var isEmpty: Bool { entries.isEmpty }

  /// The options as a JSON object, keys in the order written. Plain scalars become numbers, booleans and null
  /// by the rules of `YAMLScalar`; numbers keep their digits.
  public func json() -> String { jsonText(of: node) }

  /// Where an option was written, for errors that a plugin reports by the option's path: keys, and `[0]` or
  /// `0` for the items of a list. A leading `options` is skipped unless there is such an option. A path that
  /// leads nowhere gives the innermost place that exists; nil only where there are no options in a file.
  ///
  /// - Parameter key: true for the place of the key (an unknown option), false for that of the value.
  public func location(ofOption path: [String], key: Bool = false) -> SourceLocation? {
    let isWrapped = path.first == "options" && node["options"] == nil
    let found = node.find(isWrapped ? Array(path.dropFirst()) : path)
    let place = key ? found.keyLocation : found.node.location
    return place == .generated ? nil : place
  }
}
