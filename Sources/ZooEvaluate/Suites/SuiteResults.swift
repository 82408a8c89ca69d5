import ZooArchive
import ZooRecipe

/// What a model reached on a suite.
public struct SuiteResults: Sendable {
  public struct TaskResult: Sendable {
    public let task: String
    public let group: String?
    /// Labels of each class; nil for all there are.
    public let shots: Int?
    /// Shares of right answers, one for each run.
    public let accuracies: [Double]
    /// Shares of right answers among the five likeliest; empty where that was not measured.
    public let topFive: [Double]
    public let testCount: Int

    public var median: Double? { Spread(accuracies)?.median }

    public init(
      task: String, group: String?, shots: Int? = nil, accuracies: [Double], topFive: [Double] = [], testCount: Int
    ) {
      (self.task, self.group, self.shots, self.accuracies) = (task, group, shots, accuracies)
      (self.topFive, self.testCount) = (topFive, testCount)
    }
  }

  public let suite: String
  public let title: String
  public let model: String
  /// Of the model's archive.
  public let digest: String?
  /// By what it was learnt: a rule, or a classifier over features.
  public let method: String
  public var results: [TaskResult] = []
  /// Tasks that were not run, and why.
  public var absent: [(task: String, group: String?, reason: String)] = []
  /// Tasks that were not asked for.
  public var left: [String] = []

  public init(suite: String, title: String, model: String, digest: String?, method: String) {
    (self.suite, self.title, self.model, self.digest, self.method) = (suite, title, model, digest, method)
  }

  /// Whether every task of the suite is there.
  public var isComplete: Bool { absent.isEmpty && left.isEmpty }

  /// The mean over tasks of a group, or over all; nil where there are none. Each number of labels counts by itself.
  public func mean(group: String?) -> Double? {
    let values = results.filter { group == nil || $0.group == group }.compactMap(\.median)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  public var groups: [String] {
    (results.map(\.group) + absent.map(\.group)).reduce(into: []) {
      if let group = $1, !$0.contains(group) { $0.append(group) }
    }
  }
}

extension SuiteResults {
  public static let schema = "zoo.suite-results/1"

  /// What `zoo vtab --json` prints and `zoo report` reads. `score` is null unless every task is there.
  public var json: JSONValue {
    let tasks = results.map { result -> JSONValue in
      var object: JSONObject = ["task": .string(result.task)]
      object["group"] = result.group.map { .string($0) } ?? .null
      object["shots"] = result.shots.map { .int(Int64($0)) } ?? .null
      object["accuracies"] = .array(result.accuracies.map { .double($0) })
      if !result.topFive.isEmpty { object["top_5"] = .array(result.topFive.map { .double($0) }) }
      if let median = result.median { object["median"] = .double(median) }
      object["test_images"] = .int(Int64(result.testCount))
      return .object(object)
    }
    var means = JSONObject()
    for group in groups { means[group] = mean(group: group).map { .double($0) } ?? .null }
    return [
      "schema": .string(Self.schema), "suite": .string(suite), "title": .string(title), "model": .string(model),
      "digest": digest.map { .string($0) } ?? .null, "method": .string(method),
      "score": isComplete ? mean(group: nil).map { .double($0) } ?? .null : .null,
      "groups": .object(means), "tasks": .array(tasks),
      "absent": .array(absent.map { ["task": .string($0.task), "group": $0.group.map { .string($0) } ?? .null, "reason": .string($0.reason)] }),
      "not_asked_for": .array(left.map { .string($0) }),
    ]
  }

  /// - Parameter file: names it in errors.
  /// - Throws: `EvaluateError.results` for JSON that is no such results.
  public init(_ json: JSONValue, file: String) throws {
    func fail(_ what: String) -> EvaluateError { .results(file: file, what) }
    guard json["schema"]?.string == Self.schema else { throw fail("is not of schema \(Self.schema)") }
    guard let suite = json["suite"]?.string, let model = json["model"]?.string else { throw fail("names no suite or model") }
    self.init(
      suite: suite, title: json["title"]?.string ?? suite, model: model, digest: json["digest"]?.string,
      method: json["method"]?.string ?? "")
    for item in json["tasks"]?.array ?? [] {
      guard let task = item["task"]?.string, let values = item["accuracies"]?.array?.compactMap(\.number),
        !values.isEmpty, values.allSatisfy(\.isFinite)
      else { throw fail("has a task without name or accuracies") }
      results.append(
        TaskResult(
          task: task, group: item["group"]?.string, shots: item["shots"]?.int.flatMap(Int.init(exactly:)),
          accuracies: values, topFive: (item["top_5"]?.array ?? []).compactMap(\.number).filter(\.isFinite),
          testCount: item["test_images"]?.int.flatMap(Int.init(exactly:)) ?? 0))
    }
    for item in json["absent"]?.array ?? [] {
      guard let task = item["task"]?.string else { continue }
      absent.append((task, item["group"]?.string, item["reason"]?.string ?? ""))
    }
    left = (json["not_asked_for"]?.array ?? []).compactMap(\.string)
  }
}
