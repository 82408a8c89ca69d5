/// What a run logged while it went, as `metrics.jsonl` has it.
public struct RunHistory: Sendable, Equatable {
  /// Values at one step.
  public struct Record: Sendable, Equatable {
    public var step: Int
    /// Seconds since the run began, as far as they are known; 0 otherwise.
    public var seconds: Double
    /// By name, in the order written.
    public var values: [Value]

    public init(step: Int, seconds: Double = 0, values: [Value]) {
      (self.step, self.seconds, self.values) = (step, seconds, values)
    }
  }

  public struct Value: Sendable, Equatable {
    public var name: String
    public var value: Double

    public init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
  }

  /// Values of one task measured after one step.
  public struct Evaluation: Sendable, Equatable {
    public var task: String
    public var record: Record

    public init(task: String, record: Record) { (self.task, self.record) = (task, record) }
  }

  public var steps: [Record]
  public var evaluations: [Evaluation]

  public init(steps: [Record] = [], evaluations: [Evaluation] = []) {
    (self.steps, self.evaluations) = (steps, evaluations)
  }

  /// The names of what was logged at steps, in the order of their first appearance.
  public var stepNames: [String] { distinct(steps.flatMap { $0.values.map(\.name) }) }

  public var tasks: [String] { distinct(evaluations.map(\.task)) }

  /// What was measured of a task, in the order of first appearance.
  public func metricNames(_ task: String) -> [String] {
    distinct(evaluations.filter { $0.task == task }.flatMap { $0.record.values.map(\.name) })
  }

  /// One logged value over the steps; steps where it is absent or not finite are left out.
  public func curve(_ name: String) -> [Curve.Point] { Self.points(steps, name) }

  /// One metric of a task over the steps at which it was measured.
  public func curve(_ task: String, _ metric: String) -> [Curve.Point] {
    Self.points(evaluations.filter { $0.task == task }.map(\.record), metric)
  }

  private static func points(_ records: [Record], _ name: String) -> [Curve.Point] {
    records.compactMap { record in
      guard let value = record.values.first(where: { $0.name == name })?.value, value.isFinite else { return nil }
      return Curve.Point(step: record.step, value: value)
    }
  }
}

/// The elements without repetitions, in the order of their first appearance.
func distinct(_ names: [String]) -> [String] {
  var seen: Set<String> = []
  return names.filter { seen.insert($0).inserted }
}
