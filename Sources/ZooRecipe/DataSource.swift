/// Labelled images, or tensors in their place.
public struct DataSource: Sendable, Equatable {
  public enum Contents: Sendable, Equatable {
    /// A folder of class folders.
    case folder(RecipePath)
    /// A tar of class folders.
    case tar(RecipePath)
    /// `x` `[N,3,H,W]` f32, already normalised; `labels` `[N]` or `[N,K]`; both `.npy`.
    case tensors(x: RecipePath, labels: RecipePath, classes: ClassList)
    /// A CSV file of paths and labels.
    case csv(RecipePath, Table)
    /// The same in JSON, one object a line.
    case jsonl(RecipePath, Table)
    /// Tar files of samples; the path is a pattern.
    case webdataset(RecipePath, Table)
    /// What `zoo annotate` wrote; of the table only the column of labels and the groups.
    case annotations(RecipePath, Table)
  }

  /// Classes by number or by name.
  public enum ClassList: Sendable, Equatable {
    case count(Int)
    case names([String])

    public var count: Int {
      switch self {
      case .count(let count): count
      case .names(let names): names.count
      }
    }
  }

  /// Which columns of a table mean what; nil: by their usual names.
  public struct Table: Sendable, Equatable {
    /// The column to learn from or to be judged by.
    public let label: String?
    /// What it holds; nil: what its values look like.
    public let kind: LabelKind?
    /// Its classes; nil: those found.
    public let classes: ClassList?
    /// The column of the images' paths.
    public let image: String?
    /// The column of the examples' weights.
    public let weight: String?
    /// Columns that name a group for each example.
    public let groups: [String]
  }

  /// A part of the examples.
  public struct Split: Sendable, Equatable {
    public enum Rule: Sendable, Equatable {
      /// At random, each class in proportion.
      case fraction(Double, seed: Int)
      /// A text file that names the training examples.
      case file(RecipePath)
      /// A column of the table; the part is one of its values.
      case column(String, value: String)
    }
    public let rule: Rule
    /// For `fraction` and `file`.
    public let part: DataPart
  }

  /// The format, with its paths.
  public let contents: Contents
  /// Which part of the examples; nil for all.
  public let split: Split?
  /// What happens when an example cannot be read.
  public let broken: BrokenPolicy
  /// At most so many examples of each class, drawn with `subsetSeed`; nil for all.
  public let limitPerClass: Int?
  /// Which examples `limitPerClass` draws.
  public let subsetSeed: Int
  /// Where the mapping (or the command-line text) is written.
  public let location: SourceLocation
}

/// The words for `DataSource.Contents`.
public enum DataFormat: String, RecipeChoice { case folder, tar, tensors, csv, jsonl, webdataset, annotations }

/// What a column of labels holds.
public enum LabelKind: String, RecipeChoice {
  /// One class for each example.
  case classes
  /// Any number of labels for each example.
  case multiLabel = "multi-label"
  /// Numbers for each example.
  case vector
}

/// A side of a split.
public enum DataPart: String, RecipeChoice { case train, validation }

/// What an example that cannot be read does.
public enum BrokenPolicy: String, RecipeChoice {
  /// It ends the run.
  case error
  /// It is named and passed over.
  case skip
}
