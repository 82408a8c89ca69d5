import FoundationEssentials
import Glibc
import ZooArchive
import ZooEvaluate
import ZooReport

/// Gathers results of several commands for one page.
struct TransferReportMaker {
  private(set) var report: TransferReport
  private let store: Store
  private let installed: [InstalledModel]
  private static let resultsLimit = 64 << 20

  init(title: String, store: Store) {
    report = TransferReport(title: title)
    self.store = store
    installed = (try? store.list()) ?? []
  }

  /// - Parameter path: a file of results, a run's `metrics.jsonl`, or the folder of a run.
  mutating func add(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw ArchiveError(.system(.open, errno: errno), file: path) }
    if status.st_mode & S_IFMT == S_IFDIR || path.hasSuffix(".jsonl") { return try addRun(path) }
    guard Int(status.st_size) <= Self.resultsLimit, let bytes = FileManager.default.contents(atPath: path) else {
      throw EvaluateError.results(file: path, "is no file of results that can be read")
    }
    let value = try JSONValue(parsing: [UInt8](bytes), file: path)
    switch value["schema"]?.string {
    case FewShotResults.schema?: add(try FewShotResults(value, file: path))
    case SuiteResults.schema?: add(try SuiteResults(value, file: path))
    default:
      throw EvaluateError.results(file: path, "holds no results; 'few-shot -o' and 'vtab -o' write such")
    }
  }

  private mutating func addRun(_ path: String) throws {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    let file = path.hasSuffix(".jsonl") ? path : "\(folder)/\(MetricsFile.name)"
    let name = folder.split(separator: "/").last.map(String.init) ?? folder
    let taken = report.runs.contains { $0.name == name }
    report.runs.append(RunComparison.Run(name: taken ? path : name, history: try MetricsFile.read(file)))
    if let archive = try? ModelArchive.open("\(folder)/model.tar") { _ = number(archive) }
  }

  private mutating func add(_ results: FewShotResults) {
    let model = number(results.model, results.digest)
    for method in results.methods {
      let points = results.cells.filter { $0.method == method }.compactMap { cell in
        cell.spread.map {
          TransferReport.FewShotCurve.Point(
            shots: cell.shots, median: $0.median, range: $0.low...$0.high, mean: $0.mean, halfInterval: $0.halfInterval)
        }
      }.sorted { $0.shots < $1.shots }
      report.fewShot.append(
        TransferReport.FewShotCurve(
          task: results.task + (results.labelsWereShuffled ? ", labels shuffled" : ""), model: model,
          method: method.title, isBaseline: method.isBaseline, points: points))
    }
    if results.labelsWereShuffled {
      report.notes.append(
        "\(results.task): labels were shuffled; chance is \(fixed(100 / Double(max(results.classes, 1)), 1)) %.")
    }
  }

  private mutating func add(_ results: SuiteResults) {
    var values = results.results.map { result in
      (
        task: result.shots.map { "\(result.task), \($0) per class" } ?? result.task, group: result.group,
        value: result.median
      )
    }
    values += results.absent.map { (task: $0.task, group: $0.group, value: nil) }
    report.suites.append(
      TransferReport.SuiteColumn(
        suite: results.title, model: number(results.model, results.digest), method: results.method, values: values,
        score: results.isComplete ? results.mean(group: nil) : nil))
  }

  /// The place of a model in the report, with its lineage where its archive is in the store.
  private mutating func number(_ name: String, _ digest: String?) -> Int {
    if let known = report.models.firstIndex(where: { digest == nil ? $0.name == name : $0.digest == digest }) {
      return known
    }
    let found = digest.flatMap { digest in installed.first { $0.digest == digest } }
    let archive = found.flatMap { try? ModelArchive.open(store.path(for: $0)) }
    report.models.append(
      TransferReport.Model(
        name: name, digest: digest, lineage: archive.map { LineageTree($0, installed: installed).text }))
    return report.models.count - 1
  }

  /// A model whose archive lies beside its run.
  private mutating func number(_ archive: ModelArchive) -> Int {
    let place = number(archive.manifest.name, archive.digest)
    if report.models[place].lineage == nil {
      report.models[place].lineage = LineageTree(archive, installed: installed).text
    }
    return place
  }
}
