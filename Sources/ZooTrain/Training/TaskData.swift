import ZooArchive
import ZooData
import ZooRecipe

/// Data that a program brings for a task of a recipe: parts and labels that no recipe can name.
public struct GivenData: Sendable {
  public let train: TaskData
  public let evaluate: TaskData?

  public init(train: TaskData, evaluate: TaskData?) { (self.train, self.evaluate) = (train, evaluate) }
}

/// The data of a recipe's task, opened and checked.
public struct TaskData: Sendable {
  public let dataset: any Dataset
  /// Tensors that are already what a model takes.
  public let isNormalised: Bool
  /// Classes that the recipe says there are, where it only counts them: the data may not hold them all.
  let classCount: Int?

  /// Examples that could not be read so far; nil where such an example is an error.
  public let skipped: SkippedExamples?

  /// - Parameters:
  ///   - target: what a head learns from (`class`, `multi-label`, `vector`): how a table's column is read that the source
  ///     does not say it of.
  ///   - label: the column of a table that does not name one.
  public init(_ source: DataSource, target: String? = nil, label: String? = nil) throws {
    var (dataset, count) = try Self.open(source, columns: label.map { .named([$0]) }, target: target)
    isNormalised = (dataset as? TensorDataset)?.isNormalised ?? false
    do {
      dataset = try Self.part(of: dataset, source)
      if let stated = count, dataset.classCount > stated {
        throw DataError.classCount(dataSet: dataset.origin, found: dataset.classCount, wanted: stated)
      }
    } catch let error as DataError where !source.location.isWithoutLine {
      throw TrainError.recipe(RecipeError(at: source.location, "\(error)", concernsFile: error.concernsFile))
    }
    skipped = source.broken == .skip ? SkippedExamples() : nil
    if let skipped { dataset = TolerantDataset(dataset, skipped: skipped) }
    (self.dataset, classCount) = (dataset, count)
  }

  /// All columns of labels that the data have, for looking at them; the one that `source` names comes first. Of the
  /// examples those that `source` takes.
  public static func allColumns(_ source: DataSource) throws -> any Dataset {
    try part(of: try open(source, columns: source.table?.label == nil ? .all : nil).0, source)
  }

  /// The examples that the source's `split` and `limit-per-class` leave.
  private static func part(of dataset: any Dataset, _ source: DataSource) throws -> any Dataset {
    let part = try source.split.map { try dataset.part($0) } ?? dataset
    guard let limit = source.limitPerClass else { return part }
    return try part.subset(perClass: limit, seed: UInt64(source.subsetSeed))
  }

  /// The examples, and how many classes the recipe says there are.
  private static func open(
    _ source: DataSource, columns: TableOptions.Columns? = nil, target: String? = nil
  ) throws -> (any Dataset, Int?) {
    // Classes are told from their values: a column of numbers is then named as what it is.
    let wanted: LabelColumn.Kind? =
      target == nil || target == "class" ? nil : target == "multi-label" ? .multiLabel : .vector
    func options(_ table: DataSource.Table) -> TableOptions {
      var options = table.options
      if options.kind == nil { options.kind = wanted }
      if let columns { options.labels = columns }
      if case .column(let column, _)? = source.split?.rule, !options.groups.contains(column) {
        options.groups.append(column)
      }
      return options
    }
    switch source.contents {
    case .folder(let path), .tar(let path): return (try openDataset(path.existing()), nil)
    case .csv(let path, let table):
      return (try ManifestDataset(path: path.existing(), format: .csv, options: options(table)), table.statedCount)
    case .jsonl(let path, let table):
      return (try ManifestDataset(path: path.existing(), format: .jsonl, options: options(table)), table.statedCount)
    case .webdataset(let path, let table):
      let here = (try? shardFiles(path.text)) != nil
      return (try ShardDataset(here ? path.text : path.resolved(), options: options(table)), table.statedCount)
    case .annotations(let path, let table):
      var column = table.label ?? (target == "class" ? "label" : "labels")
      if case .named(let names)? = columns, let name = names.first, AnnotationDataset.columnNames.contains(name) {
        column = name
      }
      let dataset = try AnnotationDataset(path: path.existing(), column: column)
      // Held-out images are for whoever asks for them.
      guard source.split == nil else { return (dataset, nil) }
      return (try dataset.split(groupColumn: "part", value: "train"), nil)
    case .tensors(let x, let labels, let classes):
      var (names, count) = ([String](), Int?.none)
      switch classes {
      case .names(let list): names = list
      case .count(let stated): count = stated
      }
      let tensors = try TensorDataset(
        images: x.existing(), labels: labels.existing(), classes: names, kind: wanted)
      let column = tensors.columns[0]
      guard column.kind == .classes || column.width == classes.count else {
        throw TrainError.input(
          file: labels.resolved(),
          "has \(column.width) \(column.width == 1 ? "number" : "numbers") for each image, but the recipe says "
            + "\(classes.count) classes")
      }
      guard tensors.classCount <= classes.count else {
        throw TrainError.input(
          file: labels.resolved(),
          "has the label \(tensors.classCount - 1), but the recipe says \(classes.count) classes")
      }
      return (tensors, count)
    }
  }

  /// Looks at the header of every image, so that a file that is none is told before the run.
  /// - Throws: for the first that is none, unless such examples are passed over.
  func check() throws {
    for index in 0..<dataset.count {
      do { _ = try dataset.size(at: index) } catch {
        guard let skipped else { throw error }
        skipped.add(dataset.place(at: index), "\(error)")
      }
    }
  }

  /// Data named on the command line for a model's head: labels are matched by name where both have names.
  public init(_ source: DataSource, labels: ModelHead.Labels?) throws {
    let data = try TaskData(source)
    self = try labels.map { try data.mapped(to: $0, at: source.location) } ?? data
  }

  /// Data named on the command line for a model's head: the column of the head's name where there is one and the source
  /// names none.
  ///
  /// - Parameter columns: of the data.
  public init(_ source: DataSource, head: ModelHead, columns: [String]) throws {
    let own = source.table != nil && source.table?.label == nil && columns.contains(head.name)
    let data = try TaskData(source, target: head.target, label: own ? head.name : nil)
    self = try head.labels.map { try data.mapped(to: $0, at: source.location) } ?? data
  }

  /// The same with other examples or labels.
  public func replacing(_ dataset: any Dataset) -> TaskData {
    TaskData(dataset: dataset, isNormalised: isNormalised, classCount: classCount, skipped: skipped)
  }

  /// How these data are prepared for using a model: as its archive says, or not at all where they are ready.
  public func evaluationTransform(for model: Model) throws -> Transform {
    try transform(isNormalised ? [] : model.config.preprocessing, .evaluate, input: model.config.input)
  }

  /// Labels of a new head for this data: names where there are any.
  func labels(_ source: DataSource) -> ModelHead.Labels {
    if case .tensors(_, _, .count(let count)) = source.contents { return .count(count) }
    let column = dataset.columns[0]
    // A column of single numbers names its number.
    if column.kind == .vector, column.width == 1, column.name != LabelColumn.only { return .names([column.name]) }
    return column.names.isEmpty ? .count(column.width) : .names(column.names)
  }

  /// The data with its labels in a head's order, matched by name where both have names.
  func mapped(to labels: ModelHead.Labels, at location: SourceLocation) throws -> TaskData {
    let column = dataset.columns[0]
    switch labels {
    case .names(let names) where column.kind != .vector && !column.names.isEmpty && column.names != names:
      do {
        return TaskData(
          dataset: try dataset.reindexed(to: names), isNormalised: isNormalised, classCount: nil, skipped: skipped)
      } catch let error as DataError where !location.isWithoutLine {
        throw TrainError.recipe(RecipeError(at: location, "\(error)", hint: Self.freshHeadHint))
      }
    default:
      let count = classCount ?? column.width
      guard column.kind == .vector ? count == labels.count : count <= labels.count else {
        throw TrainError.recipe(
          RecipeError(
            at: location,
            "the data has \(count) \(column.kind == .vector ? "numbers" : "classes"), the head \(labels.count)",
            hint: Self.freshHeadHint))
      }
      return self
    }
  }

  private static let freshHeadHint = "a head with 'weights: new' takes its classes from the data"

  /// - Parameter isNormalised: whether the examples are tensors that are ready.
  public init(
    dataset: any Dataset, isNormalised: Bool, classCount: Int? = nil, skipped: SkippedExamples? = nil
  ) {
    (self.dataset, self.isNormalised, self.classCount, self.skipped) = (dataset, isNormalised, classCount, skipped)
  }

  /// The recipe's steps, or what suits the data: nothing for tensors that are ready, a square resize (and a flip in
  /// training) for images.
  public func transform(
    _ steps: [ZooRecipe.TransformStep]?, _ phase: ZooData.Phase, input: ModelInput, scaledDecoding: Bool = false
  ) throws -> Transform {
    try Transform(
      steps ?? (isNormalised ? [] : Transform.standardSteps(phase)), for: input, scaledDecoding: scaledDecoding)
  }
}

extension DataSource {
  fileprivate var table: Table? {
    switch contents {
    case .csv(_, let table), .jsonl(_, let table), .webdataset(_, let table), .annotations(_, let table): table
    case .folder, .tar, .tensors: nil
    }
  }
}

extension DataSource.Table {
  /// How the data room is to read it.
  fileprivate var options: TableOptions {
    var names: [String]?
    if case .names(let list)? = classes { names = list }
    return TableOptions(
      labels: label.map { .named([$0]) } ?? .automatic,
      kind: kind.map { kind in
        switch kind {
        case .classes: .classes
        case .multiLabel: .multiLabel
        case .vector: .vector
        }
      }, names: names, count: statedCount, image: image, weight: weight, groups: groups)
  }

  fileprivate var statedCount: Int? {
    if case .count(let count)? = classes { count } else { nil }
  }
}

extension Dataset {
  fileprivate func part(_ split: DataSource.Split) throws -> Subset {
    let part: SplitPart = split.part == .train ? .train : .validation
    switch split.rule {
    case .fraction(let fraction, let seed):
      return try self.split(fraction: fraction, part: part, seed: UInt64(seed))
    case .file(let path): return try self.split(file: path.existing(), part: part)
    case .column(let column, let value): return try self.split(groupColumn: column, value: value)
    }
  }
}
