import ArgumentParser
import ZooArchive
import ZooData
import ZooRecipe
import ZooReport
import ZooTrain

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at labelled data.", subcommands: [DataInspect.self, DataSpeed.self])
}

/// Data as commands name it.
let dataHelp: ArgumentHelp = ArgumentHelp(
  "A folder of class folders, a .tar of them, a .csv or .jsonl manifest, a pattern of WebDataset shards, or a mapping "
    + "as in a recipe: {format: csv, path: …, label: …}.",
  valueName: "data")

struct DataInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Count examples, labels and gaps, and find images that cannot be read.",
    discussion: "Ends with 1 where an image cannot be read.")

  @Argument(help: dataHelp)
  var data: String
  @Option(help: ArgumentHelp("How closely images are looked at: none, headers or everything.", valueName: "depth"))
  var look = InspectDepth.headers
  @Flag(help: "Machine-readable.")
  var json = false

  func run() throws {
    try reporting {
      let report = try TaskData.allColumns(try DataSource(spec: data)).inspect(look)
      if json { print(jsonText(report)) } else { show(report) }
      if !report.unreadable.isEmpty { throw ExitCode(1) }
    }
  }

  private func show(_ report: DataReport) {
    print("\(report.origin): \(report.count) examples")
    if let heights = report.heights, let widths = report.widths {
      print("size      \(range(widths)) x \(range(heights)) pixels (width x height)")
    }
    for column in report.columns {
      let missing = column.missing == 0 ? "none missing" : "\(column.missing) missing"
      switch column.column.kind {
      case .classes: print("column    \(column.column.name): \(column.column.width) classes, \(missing)")
      case .multiLabel: print("column    \(column.column.name): any of \(column.column.width) labels, \(missing)")
      case .vector: print("column    \(column.column.name): \(column.column.width) numbers, \(missing)")
      }
      let names = column.counts.map(\.name)
      let width = names.prefix(50).map(\.count).max() ?? 0
      for item in column.counts.prefix(50) { print("            \(padded(item.name, width))  \(item.count)") }
      if column.counts.count > 50 { print("            … (\(column.counts.count - 50) more)") }
    }
    for group in report.groups {
      print(
        "groups    \(group.name): " + group.counts.prefix(20).map { "\($0.name) \($0.count)" }.joined(separator: ", "))
    }
    for note in report.notes { print("note      \(note)") }
    print(
      "unreadable  \(report.unreadable.count)"
        + (look == .headers ? " (by their headers)" : look == .none ? " (not looked at)" : ""))
    for item in report.unreadable.prefix(50) { print("  \(item.reason)") }
    if report.unreadable.count > 50 { print("  … (\(report.unreadable.count - 50) more)") }
  }

  private func range(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
  }

  private func jsonText(_ report: DataReport) -> String {
    func counts(_ items: [(name: String, count: Int)]) -> JSONValue {
      .array(items.map { ["name": .string($0.name), "examples": .int(Int64($0.count))] })
    }
    let object: JSONObject = [
      "data": .string(report.origin), "examples": .int(Int64(report.count)),
      "columns": .array(
        report.columns.map {
          [
            "name": .string($0.column.name), "kind": .string($0.column.kind.rawValue),
            "width": .int(Int64($0.column.width)), "missing": .int(Int64($0.missing)), "counts": counts($0.counts),
          ]
        }),
      "groups": .array(report.groups.map { ["name": .string($0.name), "counts": counts($0.counts)] }),
      "unreadable": .array(
        report.unreadable.map { ["name": .string($0.name), "reason": .string($0.reason)] }),
      "notes": .array(report.notes.map(JSONValue.string)),
    ]
    return JSONValue.object(object).compact()
  }
}

extension InspectDepth: ExpressibleByArgument {}

struct DataSpeed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed", abstract: "Measure how fast images are decoded, augmented and batched, without a model.")

  @Argument(help: dataHelp)
  var data: String
  @Option(help: ArgumentHelp("Both sides of the images.", valueName: "pixels"))
  var size = 224
  @Option(help: ArgumentHelp("Threads that load.", valueName: "n"))
  var threads = 2
  @Option(help: ArgumentHelp("Images in a batch.", valueName: "n"))
  var batch = 64
  @Option(help: ArgumentHelp("Images to load (default: all, once).", valueName: "n"))
  var images: Int?
  @Flag(help: "Machine-readable.")
  var json = false

  func validate() throws {
    for (name, value) in [("--size", size), ("--threads", threads), ("--batch", batch), ("--images", images ?? 1)]
    where value < 1 { throw ValidationError("\(name) must be at least 1") }
  }

  func run() throws {
    try reporting {
      let data = try TaskData(try DataSource(spec: data))
      let transform = try Transform(
        steps: [
          .randomResizedCrop(height: size, width: size, area: 0.08...1, aspect: 0.75...4.0 / 3, filter: .bilinear),
          .flip(probability: 0.5),
        ], height: size, width: size)
      let count = images ?? data.dataset.count
      let maker = try BatchMaker(
        dataset: data.dataset, transform: transform, batchSize: min(batch, count), seed: 0, phase: .train)
      let batches = count / maker.batchSize
      let clock = ContinuousClock()
      let start = clock.now
      let loader = try Loader(maker, batches: 0..<batches, threads: threads, prefetch: 4)
      var seen = 0
      while let batch = try loader.next() { seen += batch.count }
      let seconds = (clock.now - start) / .seconds(1)
      if json {
        print(JSONValue.object(["images": .int(Int64(seen)), "seconds": .double(seconds)]).compact())
      } else {
        print("\(seen) images in \(fixed(seconds, 2)) s: \(fixed(Double(seen) / max(seconds, 1e-9), 0)) images/s")
      }
    }
  }
}
