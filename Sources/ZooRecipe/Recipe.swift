/// What computes; `auto` takes oneDNN where it is installed.
public enum EngineChoice: String, RecipeChoice { case auto, onednn, openblas }

/// What products and convolutions multiply; `auto` takes bfloat16 where the processor has instructions for it.
public enum PrecisionChoice: String, RecipeChoice { case f32, bf16, auto }

/// A checked recipe: what to start from, which heads, which data, how to train.
public struct Recipe: Sendable, Equatable {
  /// The file, as the user named it.
  public let path: String
  /// What training starts from.
  public let model: ModelChoice
  /// The name of the resulting model.
  public let name: String
  /// The size of the model's input; nil: the model's own.
  public let input: ImageSize?
  /// From a decoded image to the model's input.
  public let transforms: Transforms
  /// Registered in the recipe, in its order.
  public let heads: [HeadRegistration]
  /// At least one, in the recipe's order.
  public let tasks: [TaskRecipe]
  /// The training loop's numbers.
  public let train: TrainSettings
  /// What computes.
  public let engine: EngineChoice
  /// What products and convolutions multiply.
  public let precision: PrecisionChoice
  /// Nil: all processors.
  public let threads: Int?
  /// The merged tree: extended files, then the file, then the command line's settings; what a rule adds comes last.
  public let resolved: YAMLNode
  /// What its rule was told of the data; nil while that is not known (its values are provisional) and without a rule.
  public let facts: RuleFacts?
  /// The tree without what a rule adds.
  private let written: YAMLNode

  /// Reads a recipe file with what it extends, applies `--set` settings (`a.b=value`) in order, and checks
  /// every key and value.
  ///
  /// - Throws: `RecipeError`, the first mistake found.
  public static func load(path: String, overrides: [String] = []) throws -> Recipe {
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: YAMLLimits.recipe.bytes) } catch {
      throw RecipeError.cannotRead(path, because: error.reason)
    }
    return try Recipe(bytes: bytes, path: path, overrides: overrides)
  }

  /// The same for the text of a recipe; `path` names it in errors, and what it extends is looked for from
  /// there.
  public init(bytes: [UInt8], path: String, overrides: [String] = []) throws {
    try self.init(path: path, tree: try RecipeTree.load(bytes, path: path, overrides: overrides))
  }

  /// The recipe with the values of its rule, which the facts decide; itself where it has no rule.
  ///
  /// - Throws: `RecipeError` where a value of the rule does not fit what is written.
  public func following(_ facts: () throws -> RuleFacts) throws -> Recipe {
    train.rule == nil ? self : try Recipe(path: path, tree: written, facts: try facts())
  }

  /// The head registered under that name in this recipe.
  public func head(named name: String) -> HeadRegistration? { heads.first { $0.name == name } }

  /// A path of this recipe as it can be opened; see `RecipePath.resolved`.
  public func resolvePath(_ path: RecipePath) -> String { path.resolved() }

  /// Where the value of a path (`train.optimizer.rate`, `transform.train[0]`) was written; nil where the
  /// recipe is silent.
  public func location(of path: String) -> SourceLocation? {
    let found = resolved.find(path.split(separator: ".").map(String.init))
    return found.isWhole ? found.node.location : nil
  }

  /// The resolved recipe as YAML, the same bytes for the same recipe. With `origins`, each line ends with the
  /// place its value came from.
  public func resolvedText(origins: Bool) -> String { yamlText(of: resolved, origins: origins) }
}

extension Recipe {
  init(path: String, tree written: YAMLNode, facts: RuleFacts? = nil) throws {
    let rule = try written["train"]?["rule"].flatMap { $0.isNull ? nil : try TrainingRule($0, "train.rule") }
    let tree = rule.map { RecipeTree.following($0, facts ?? .unknown, written) } ?? written
    let reader = try MappingReader<RecipeRootKey>(tree, path: "")
    self.path = path
    self.written = written
    self.facts = rule == nil ? nil : facts
    resolved = tree
    model = try ModelChoice(try reader.required(.model), "model")
    name = try readName(reader, path)
    input =
      try reader.mapping(.input, InputSizeKey.self) {
        try readSize($0, size: .size, height: .height, width: .width)
      } ?? nil
    transforms = try reader.mapping(.transform, TransformsKey.self, Transforms.init) ?? Transforms()
    heads = try reader.named(.heads, HeadRegistration.init) ?? []
    _ = try reader.required(.tasks)
    tasks = try reader.named(.tasks, TaskRecipe.init) ?? []
    if tasks.isEmpty { throw RecipeError.noTasks(reader.node(.tasks)?.location ?? tree.location) }
    // A model from nothing has no heads of its own.
    if case .fresh = model {
      let registered = Set(heads.map(\.name))
      for task in tasks where !registered.contains(task.head) {
        throw RecipeError.unknownHead(task.headLocation, task.head, registered: heads.map(\.name))
      }
      for head in heads where head.weights == .keep {
        throw RecipeError.nothingToKeep(head.weightsLocation, head.name)
      }
    }
    let settings = try reader.required(.train)
    train = try TrainSettings(MappingReader<TrainKey>(settings, path: "train"))
    engine = try reader.choice(.engine) ?? RecipeDefaults.engine
    precision = try reader.choice(.precision) ?? RecipeDefaults.precision
    threads = try reader.int(.threads)
  }
}

/// The written name, or the file's without its extension; characters that no name may have become `-`.
private func readName(_ reader: MappingReader<RecipeRootKey>, _ path: String) throws -> String {
  if let node = reader.node(.name) {
    let name = try readText(node, "name")
    try checkName(name, at: node.location, "name", dots: true)
    return name
  }
  var file = path.split(separator: "/").last ?? "model"
  for ending in [".yaml", ".yml"] where file.hasSuffix(ending) { file = file.dropLast(ending.count) }
  let kept = file.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) ? $0 : "-" }
  let name = String(String(kept).drop { $0 == "." }.prefix(64))
  return name.isEmpty ? "model" : name
}
