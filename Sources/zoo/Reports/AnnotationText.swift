import Glibc
import ZooAnnotate
import ZooReport

/// What an annotation came to, for a terminal.
func annotationText(_ report: AnnotationReport, _ output: String) -> String {
  func share(_ value: Double?) -> String { padded(value.map { fixed($0, 4) } ?? "–", 9, right: true) }
  var lines = [
    "records     \(grouped(report.records)) read, \(grouped(report.broken)) broken, "
      + "\(grouped(report.foreign)) in other languages, \(grouped(report.duplicates)) duplicates",
    "labels      \(grouped(report.labels.count)) (\(grouped(report.labels.count { $0.isCluster })) clusters) "
      + "from \(grouped(report.terms)) terms",
    "images      \(grouped(report.images)), \(grouped(report.heldOut)) of them held out; "
      + "\(grouped(report.unlabelled)) without a label are left out",
  ]
  let checks = [
    ("sample", report.sample), ("  plain dictionary matching", report.sampleMatching), ("truth", report.truth),
    ("  by the label's very name", report.truthByName), ("  plain dictionary matching", report.truthMatching),
  ]
  if checks.contains(where: { $0.1 != nil }) { lines.append(padded("", 30) + "precision   recall       F1") }
  for (name, quality) in checks {
    guard let quality else { continue }
    lines.append(padded(name, 30) + share(quality.precision) + share(quality.recall) + share(quality.f1))
  }
  if !report.isPrecisionReached { lines.append("note: no threshold has the precision that was asked for on the sample") }
  for text in report.brokenRecords.prefix(10) { lines.append("broken: \(text)") }
  if report.broken > min(report.brokenRecords.count, 10) { lines.append("broken: … (\(grouped(report.broken)) in all)") }
  return (lines + ["wrote \(output)"]).joined(separator: "\n")
}

/// The page of `report.html`.
func annotationPage(_ report: AnnotationReport) -> String {
  func row(_ name: String, _ quality: Quality?) -> AnnotationPage.Row? {
    quality.map { AnnotationPage.Row(name, precision: $0.precision, recall: $0.recall, f1: $0.f1) }
  }
  var checks: [(title: String, note: String, rows: [AnnotationPage.Row])] = []
  let sample = [row("labels", report.sample), row("plain dictionary matching", report.sampleMatching)].compactMap { $0 }
  if !sample.isEmpty {
    checks.append(
      (
        "On \(grouped(report.judged)) judged records",
        "Each record is scored by weights that were fitted without it; the threshold was chosen on these scores."
          + (report.isPrecisionReached ? "" : " No threshold has the precision that was asked for."), sample
      ))
  }
  let truth = [
    row("labels", report.truth), row("labels, by their very names", report.truthByName),
    row("plain dictionary matching", report.truthMatching),
  ].compactMap { $0 }
  if !truth.isEmpty {
    checks.append(
      (
        "On \(grouped(report.truthRecords)) records with known truth",
        "A term in a cluster counts as the cluster, but in the line of names. Matching gives every label of which some "
          + "signal has a term.", truth
      ))
  }
  var notes: [String] = []
  if !report.leftOut.isEmpty {
    notes.append(
      "Of \(grouped(report.candidates ?? 0)) phrases counted exactly: "
        + report.leftOut.map { "\(grouped($0.count)) \($0.reason)" }.joined(separator: ", ") + ".")
  }
  return AnnotationPage(
    title: report.recipe,
    tiles: [
      ("records", grouped(report.records)), ("broken", grouped(report.broken)),
      ("other languages", grouped(report.foreign)), ("duplicates", grouped(report.duplicates)),
      ("terms", grouped(report.terms)), ("labels", grouped(report.labels.count)),
      ("clusters", grouped(report.labels.count { $0.isCluster })), ("images", grouped(report.images)),
      ("held out", grouped(report.heldOut)), ("shown an epoch", grouped(report.shown)),
    ], checks: checks, before: report.termRecords,
    labels: report.labels.map {
      AnnotationPage.Label(
        name: $0.name, isCluster: $0.isCluster, images: $0.images, meanScore: $0.meanScore, terms: $0.terms)
    }, labelsPerImage: report.labelsPerImage, weights: report.weights, threshold: report.threshold,
    broken: report.brokenRecords, notes: notes
  ).html()
}

/// A line on a terminal that says how far it is.
struct AnnotationProgress {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shown = false
  private var round: Round?
  private var start = ContinuousClock.now

  /// - Parameter records: read so far; nil for a round that was done before.
  mutating func show(_ round: Round, _ records: Int?) {
    if round != self.round {
      close()
      (self.round, start) = (round, .now)
    }
    guard let records else { return printError("round \(round.rawValue): done before") }
    guard isTerminal else { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let speed = seconds > 0.5 ? "  \(grouped(Int(Double(records) / seconds))) records/s" : ""
    writeAll(STDERR_FILENO, "\r\u{1B}[2Kround \(round.rawValue)  \(grouped(records)) records\(speed)")
    shown = true
  }

  mutating func close() {
    if shown { writeAll(STDERR_FILENO, "\n") }
    shown = false
  }
}
