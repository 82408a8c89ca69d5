import ZooArchive

/// A way to learn a task from few examples.
public enum FewShotMethod: String, Sendable, CaseIterable {
  /// Closed-form least squares on features; see `RidgeClassifier`.
  case ridge
  /// The nearest features; see `NeighbourClassifier`.
  case knn
  /// Logistic regression on features, its penalty chosen on a held-back part; see `ProbeSweep`.
  case probe
  /// The whole network, by a rule or a recipe.
  case finetune
  /// The same network from random weights.
  case scratch
  /// The nearest training image, by Euclidean distance of pixels.
  case pixelNeighbour = "pixel-nn"
  /// Logistic regression on pixels.
  case pixelLogistic = "pixel-logistic"

  /// For tables.
  public var title: String {
    switch self {
    case .ridge: "ridge"
    case .knn: "nearest features"
    case .probe: "linear probe"
    case .finetune: "fine-tuned"
    case .scratch: "from nothing"
    case .pixelNeighbour: "nearest pixels"
    case .pixelLogistic: "logistic on pixels"
    }
  }

  /// Whether it sees no pre-trained weights: what transfer has to beat.
  public var isBaseline: Bool { [.scratch, .pixelNeighbour, .pixelLogistic].contains(self) }
  public var usesFeatures: Bool { [.ridge, .knn, .probe].contains(self) }
  public var usesPixels: Bool { [.pixelNeighbour, .pixelLogistic].contains(self) }
}

/// What few-shot learning reached on one task.
public struct FewShotResults: Sendable {
  /// One method with one number of examples.
  public struct Cell: Sendable {
    public let shots: Int
    public let method: FewShotMethod
    /// Shares of right answers, one for each subset, in their order.
    public let accuracies: [Double]
    /// Settings that were chosen for it among several; empty where none were.
    public let chosen: [String]

    public init(shots: Int, method: FewShotMethod, accuracies: [Double], chosen: [String] = []) {
      (self.shots, self.method, self.accuracies, self.chosen) = (shots, method, accuracies, chosen)
    }

    public var spread: Spread? { Spread(accuracies) }
  }

  public var task: String
  public var model: String
  /// Of the model's archive.
  public var digest: String?
  public var activation: String
  public var classes: Int
  public var testCount: Int
  public var subsets: Int
  public var labelsWereShuffled: Bool
  public var cells: [Cell] = []

  public init(
    task: String, model: String, digest: String?, activation: String, classes: Int, testCount: Int, subsets: Int,
    labelsWereShuffled: Bool
  ) {
    (self.task, self.model, self.digest, self.activation) = (task, model, digest, activation)
    (self.classes, self.testCount, self.subsets) = (classes, testCount, subsets)
    self.labelsWereShuffled = labelsWereShuffled
  }

  public func cell(_ shots: Int, _ method: FewShotMethod) -> Cell? {
    cells.first { $0.shots == shots && $0.method == method }
  }

  public var shots: [Int] { cells.reduce(into: []) { if !$0.contains($1.shots) { $0.append($1.shots) } } }
  public var methods: [FewShotMethod] { FewShotMethod.allCases.filter { m in cells.contains { $0.method == m } } }

  /// The best median of some methods at a number of shots.
  public func best(_ shots: Int, where isWanted: (FewShotMethod) -> Bool) -> (method: FewShotMethod, median: Double)? {
    cells.filter { $0.shots == shots && isWanted($0.method) }
      .compactMap { cell in cell.spread.map { (cell.method, $0.median) } }.max { $0.1 < $1.1 }
  }
}

extension FewShotResults {
  public static let schema = "zoo.few-shot/1"

  /// What `zoo few-shot --json` prints and `zoo report` reads.
  public var json: JSONValue {
    let cells = self.cells.map { cell -> JSONValue in
      var object: JSONObject = [
        "shots": .int(Int64(cell.shots)), "method": .string(cell.method.rawValue),
        "accuracies": .array(cell.accuracies.map { .double($0) }),
      ]
      if let spread = cell.spread {
        object["median"] = .double(spread.median)
        object["low"] = .double(spread.low)
        object["high"] = .double(spread.high)
        object["mean"] = .double(spread.mean)
        if let half = spread.halfInterval {
          object["interval95"] = [.double(spread.mean - half), .double(spread.mean + half)]
        }
      }
      if !cell.chosen.isEmpty { object["chosen"] = .array(cell.chosen.map { .string($0) }) }
      return .object(object)
    }
    return [
      "schema": .string(Self.schema), "task": .string(task), "model": .string(model),
      "digest": digest.map { .string($0) } ?? .null, "activation": .string(activation),
      "classes": .int(Int64(classes)), "test_images": .int(Int64(testCount)), "subsets": .int(Int64(subsets)),
      "shuffled_labels": .bool(labelsWereShuffled), "results": .array(cells),
    ]
  }

  /// - Parameter file: names it in errors.
  /// - Throws: `EvaluateError.results` for JSON that is no such results.
  public init(_ json: JSONValue, file: String) throws {
    func fail(_ what: String) -> EvaluateError { .results(file: file, what) }
    guard json["schema"]?.string == Self.schema else { throw fail("is not of schema \(Self.schema)") }
    guard let task = json["task"]?.string, let model = json["model"]?.string else { throw fail("names no task or model") }
    (self.task, self.model, digest) = (task, model, json["digest"]?.string)
    activation = json["activation"]?.string ?? ""
    classes = json["classes"]?.int.flatMap(Int.init(exactly:)) ?? 0
    testCount = json["test_images"]?.int.flatMap(Int.init(exactly:)) ?? 0
    subsets = json["subsets"]?.int.flatMap(Int.init(exactly:)) ?? 0
    labelsWereShuffled = json["shuffled_labels"]?.bool ?? false
    for item in json["results"]?.array ?? [] {
      guard let shots = item["shots"]?.int.flatMap(Int.init(exactly:)), shots > 0,
        let method = item["method"]?.string.flatMap(FewShotMethod.init(rawValue:)),
        let values = item["accuracies"]?.array?.compactMap(\.number), !values.isEmpty, values.allSatisfy(\.isFinite)
      else { throw fail("has a result without shots, a known method and accuracies") }
      let chosen = (item["chosen"]?.array ?? []).compactMap(\.string)
      cells.append(Cell(shots: shots, method: method, accuracies: values, chosen: chosen))
    }
  }
}
