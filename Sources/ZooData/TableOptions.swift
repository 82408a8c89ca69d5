/// How a table of examples is read.
public struct TableOptions: Sendable, Equatable {
  public enum Columns: Sendable, Equatable {
    /// The one that is called `label`, `class` or `cls`, or the only one that is nothing else.
    case automatic
    case named([String])
    /// Every one that is nothing else.
    case all
  }

  /// Which columns hold labels; the first is the one in use.
  public var labels: Columns
  /// What the column in use holds; without it, that is told from its values.
  public var kind: LabelColumn.Kind?
  /// The classes or labels of the column in use, in order; without them, those found, in byte order.
  public var names: [String]?
  /// How many classes or labels the column in use has at least, where these are numbers.
  public var count: Int?
  /// The column of image paths; without it, `image`, `path`, `file`, `filename` or `file_name`.
  public var image: String?
  /// The column of the examples' weights; without it, `weight` where there is one.
  public var weight: String?
  /// Columns of groups.
  public var groups: [String]

  public init(
    labels: Columns = .automatic, kind: LabelColumn.Kind? = nil, names: [String]? = nil, count: Int? = nil,
    image: String? = nil,
    weight: String? = nil, groups: [String] = []
  ) {
    (self.labels, self.kind, self.names, self.count) = (labels, kind, names, count)
    (self.image, self.weight, self.groups) = (image, weight, groups)
  }

  static let imageNames = ["image", "path", "file", "filename", "file_name"]
  static let labelNames = ["label", "class", "cls"]
  static let weightName = "weight"
}

/// What each column of a table is for.
struct TableRoles: Sendable {
  let image: String?
  let weight: String?
  let labels: [String]
  let groups: [String]

  /// - Parameter hasImages: whether a column must name the images.
  /// - Throws: `TableProblem`.
  init(_ options: TableOptions, columns: [String], hasImages: Bool) throws {
    func checked(_ name: String) throws -> String {
      guard columns.contains(name) else { throw TableProblem.unknownColumn(name, columns: columns) }
      return name
    }
    var image: String?
    if hasImages {
      image = try options.image.map(checked) ?? TableOptions.imageNames.first(where: columns.contains)
      guard image != nil else { throw TableProblem.noImageColumn(TableOptions.imageNames, columns: columns) }
    }
    let weight =
      try options.weight.map(checked) ?? (columns.contains(TableOptions.weightName) ? TableOptions.weightName : nil)
    let groups = try options.groups.map(checked)
    let others = columns.filter { $0 != image && $0 != weight && !groups.contains($0) }
    switch options.labels {
    case .named(let names): labels = try names.map(checked)
    case .all: labels = others
    case .automatic:
      if let usual = TableOptions.labelNames.first(where: others.contains) {
        labels = [usual]
      } else {
        guard let only = others.first else { throw TableProblem.noLabelColumn(columns: columns) }
        guard others.count == 1 else { throw TableProblem.severalLabelColumns(others) }
        labels = [only]
      }
    }
    (self.image, self.weight, self.groups) = (image, weight, groups)
  }
}
