/// A checked recipe of how texts beside images become labels.
public struct AnnotationRecipe: Sendable, Equatable {
  /// The records.
  public struct Input: Sendable, Equatable {
    public let format: RecordFormat
    /// Patterns of files.
    public let paths: [RecipePath]
    public let image: String
    public let id: String?
    public let url: String?
    public let group: String?
    public let broken: RecordPolicy
    public let recordBytes: Int
  }

  /// A text of each record.
  public struct Signal: Sendable, Equatable {
    public let name: String
    public let field: String
    public let weight: Double
    public let trust: Double
    public let separator: String?
  }

  public struct Language: Sendable, Equatable {
    public let field: String?
    /// Empty: all.
    public let keep: [String]
    public let profiles: [(name: String, path: RecipePath)]
    public let least: Double
    public let keepsUnknown: Bool

    public static func == (a: Language, b: Language) -> Bool {
      a.field == b.field && a.keep == b.keep && a.profiles.map(\.name) == b.profiles.map(\.name)
        && a.profiles.map(\.path) == b.profiles.map(\.path) && a.least == b.least && a.keepsUnknown == b.keepsUnknown
    }
  }

  public struct Text: Sendable, Equatable {
    public let words: Int
    public let tokens: Int
    public let shortestWord: Int
    public let longestWord: Int
    public let signalBytes: Int
  }

  public struct Dictionary: Sendable, Equatable {
    public let file: RecipePath?
    public let terms: Int
    public let records: Int
    public let largestShare: Double
    public let nested: Bool
    public let cohesion: Double
    public let plurals: Bool
    public let spelling: Int
    public let spellingRatio: Double
  }

  public struct Counting: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    public let candidates: Int
    public let pairsInMemory: Int
    public let leastPairs: Int
    public let pairedTerms: Int
  }

  /// Labels that somebody knows to be right.
  public struct KnownLabels: Sendable, Equatable {
    public let path: RecipePath
    public let id: String
    public let labels: String
  }

  public struct Scores: Sendable, Equatable {
    /// Of the features in the order source, TF-IDF, agreement, similarity, company, support, contradiction; the bias comes last.
    public let weights: [Double]
    public let threshold: Double
    public let sample: KnownLabels?
    public let precision: Double?
  }

  public struct Clusters: Sendable, Equatable {
    public let method: ClusterMethod
    public let headRecords: Int
    public let headTerms: Int
    public let clusters: Int?
    public let linkage: ClusterLinkage
    public let batch: Int
    public let embeddings: RecipePath?
    public let imageShare: Double
    public let dimensions: Int
    public let seed: Int
  }

  public struct Labels: Sendable, Equatable {
    public let perImage: Int
    public let leastImages: Int
    public let keepsBest: Bool
  }

  public struct Duplicates: Sendable, Equatable {
    public let id: Bool
    public let url: Bool
    public let text: Bool
    public let image: SameImages
    public let distance: Int
    public let removes: Bool
  }

  public struct HeldOut: Sendable, Equatable {
    public let share: Double
    public let seed: Int
  }

  public struct Sampling: Sendable, Equatable {
    public let method: SamplingMethod
    public let share: Double
    public let cap: Int
    public let most: Int
    public let seed: Int
  }

  public struct Output: Sendable, Equatable {
    public let images: AnnotatedImages
    public let keepsUnlabelled: Bool
  }

  /// The file, as the user named it.
  public let path: String
  public let input: Input
  /// At least one, in the recipe's order.
  public let signals: [Signal]
  public let language: Language
  public let text: Text
  public let stopLists: [RecipePath]
  public let dictionary: Dictionary
  public let counting: Counting
  public let scores: Scores
  public let clusters: Clusters
  public let labels: Labels
  public let duplicates: Duplicates
  public let split: HeldOut
  public let sampling: Sampling
  public let output: Output
  public let truth: KnownLabels?
  /// The merged tree: extended files, then the file, then the command line's settings.
  public let resolved: YAMLNode

  /// Reads a recipe file with what it extends, applies `--set` settings (`a.b=value`) in order, and checks every key and
  /// value.
  ///
  /// - Throws: `RecipeError`, the first mistake found.
  public static func load(path: String, overrides: [String] = []) throws -> AnnotationRecipe {
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: YAMLLimits.recipe.bytes) } catch {
      throw RecipeError.cannotRead(path, because: error.reason)
    }
    return try AnnotationRecipe(bytes: bytes, path: path, overrides: overrides)
  }

  /// The same for the text of a recipe; `path` names it in errors.
  public init(bytes: [UInt8], path: String, overrides: [String] = []) throws {
    try self.init(tree: RecipeTree.load(bytes, path: path, overrides: overrides), path: path)
  }

  /// The resolved recipe as YAML, the same bytes for the same recipe.
  public var resolvedText: String { yamlText(of: resolved, origins: false) }

  /// Where the value of a path (`scores.sample.path`) was written; the file where the recipe is silent.
  public func location(of path: String) -> SourceLocation {
    let found = resolved.find(path.split(separator: ".").map(String.init))
    return found.isWhole ? found.node.location : SourceLocation(file: self.path)
  }

  /// `Recipes/ANNOTATE-KEYS.md`: every key.
  public static var schemaPage: String {
    RecipeSchema.page(
      of: .mapping(AnnotationRootKey.self), title: "Keys of an annotation recipe",
      opening: "Written by `zoo annotate schema`. A key that is not listed is an error; `null` reads as if it were absent. "
        + "Any value can be set from outside: `--set scores.precision=0.9`.",
      root: "The recipe")
  }
}

/// What an annotation recipe means where it is silent, beyond what its keys say themselves.
public enum AnnotationDefaults {
  /// Of source, TF-IDF, agreement, similarity, company, support, contradiction and the bias. Ours, not the paper's.
  public static let scoreWeights = [5.0, 0.0, 3.0, 0.0, 1.5, 2.0, -2.0, -4.0]
  public static let threshold = 0.5
}
