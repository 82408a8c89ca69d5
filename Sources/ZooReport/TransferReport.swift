/// What models reached when they were transferred: few-shot curves, suites, training runs, and what the models were made
/// from, on one page.
public struct TransferReport: Sendable {
  /// A model that results speak of.
  public struct Model: Sendable {
    public var name: String
    /// Of its archive; nil where it is not known.
    public var digest: String?
    /// What it was made from, back to its beginning; nil where the archive is not at hand.
    public var lineage: String?

    public init(name: String, digest: String?, lineage: String? = nil) {
      (self.name, self.digest, self.lineage) = (name, digest, lineage)
    }

    var anchor: String { "model-" + (digest ?? name).unicodeScalars.filter { $0.properties.isAlphabetic || $0.isASCII && $0.properties.numericType != nil }.map(String.init).joined() }
  }

  /// A method's results on one task from different numbers of labels.
  public struct FewShotCurve: Sendable {
    public struct Point: Sendable {
      public var shots: Int
      public var median: Double
      public var range: ClosedRange<Double>
      public var mean: Double
      /// Half of the mean's 95 % interval; nil for one measurement.
      public var halfInterval: Double?

      public init(shots: Int, median: Double, range: ClosedRange<Double>, mean: Double, halfInterval: Double?) {
        (self.shots, self.median, self.range) = (shots, median, range)
        (self.mean, self.halfInterval) = (mean, halfInterval)
      }
    }

    public var task: String
    /// The number of a model in the report.
    public var model: Int
    public var method: String
    /// Whether it knows no pre-training.
    public var isBaseline: Bool
    public var points: [Point]

    public init(task: String, model: Int, method: String, isBaseline: Bool, points: [Point]) {
      (self.task, self.model, self.method, self.isBaseline, self.points) = (task, model, method, isBaseline, points)
    }
  }

  /// One model on a suite.
  public struct SuiteColumn: Sendable {
    public var suite: String
    public var model: Int
    public var method: String
    /// Tasks with their group and share of right answers; nil for one whose data were absent.
    public var values: [(task: String, group: String?, value: Double?)]
    /// The mean over all tasks; nil where some are missing.
    public var score: Double?

    public init(
      suite: String, model: Int, method: String, values: [(task: String, group: String?, value: Double?)], score: Double?
    ) {
      (self.suite, self.model, self.method, self.values, self.score) = (suite, model, method, values, score)
    }
  }

  public var title: String
  public var models: [Model] = []
  public var fewShot: [FewShotCurve] = []
  public var suites: [SuiteColumn] = []
  public var runs: [RunComparison.Run] = []
  /// Such as shuffled labels.
  public var notes: [String] = []

  public init(title: String) { self.title = title }

  /// The page: complete in itself, without scripts.
  public func html() -> String {
    var body = "<h1>\(escaped(title))</h1>\n"
    for note in notes { body += "<p class=\"note\">\(escaped(note))</p>\n" }
    for task in distinct(fewShot.map(\.task)) { body += FewShotSection(report: self, task: task).html() }
    for suite in distinct(suites.map(\.suite)) { body += SuiteSection(report: self, suite: suite).html() }
    if !runs.isEmpty {
      let comparison = RunComparison(runs)
      body += "<h2>Training runs</h2>\n" + comparison.valueTable() + comparison.charts()
    }
    if !models.isEmpty {
      body += "<h2>Models</h2>\n"
      for model in models {
        body += "<div class=\"card\" id=\"\(escaped(model.anchor))\"><h3>\(escaped(model.name))</h3>"
        body += "<p class=\"note\">\(escaped(model.digest ?? "its digest is not known"))</p>"
        body +=
          model.lineage.map { "<pre>\(escaped($0))</pre>" }
          ?? "<p class=\"note\">Its archive is not at hand, so neither is its lineage.</p>"
        body += "</div>\n"
      }
    }
    return page(title: title, body: body)
  }

  /// The model's name, leading to its lineage further down.
  func link(_ model: Int) -> String {
    guard models.indices.contains(model) else { return "" }
    return "<a href=\"#\(escaped(models[model].anchor))\">\(escaped(models[model].name))</a>"
  }
}
