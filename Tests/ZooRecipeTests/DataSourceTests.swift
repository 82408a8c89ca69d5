import Testing
import ZooRecipe

@Suite struct DataSourceTests {
  func table(_ source: DataSource) -> DataSource.Table? {
    switch source.contents {
    case .csv(_, let table), .jsonl(_, let table), .webdataset(_, let table): table
    default: nil
    }
  }

  @Test func manifestsAndShardsHaveColumns() throws {
    let csv = try DataSource(
      spec: """
        {format: csv, path: a/l.csv, label: hue, kind: multi-label, classes: [red, blue], image: photo, weight: w, \
        groups: [tone, age], split: {fraction: 0.9, part: validation, seed: 3}, broken: skip}
        """)
    guard case .csv(let path, let table) = csv.contents else {
      Issue.record("not csv")
      return
    }
    #expect(path.text == "a/l.csv" && table.label == "hue" && table.kind == .multiLabel)
    #expect(table.classes == .names(["red", "blue"]) && table.image == "photo" && table.weight == "w")
    #expect(table.groups == ["tone", "age"] && csv.broken == .skip)
    #expect(csv.split?.rule == .fraction(0.9, seed: 3) && csv.split?.part == .validation)
    let shards = try DataSource(
      spec: "{format: webdataset, path: 'x-{000..127}.tar', split: {column: side, value: test}}")
    #expect(shards.split?.rule == .column("side", value: "test") && shards.broken == .error)
    #expect(self.table(shards)?.label == nil && self.table(shards)?.groups == [])
  }

  @Test func aPathAloneTellsItsFormat() throws {
    func name(_ spec: String) throws -> String {
      switch try DataSource(spec: spec).contents {
      case .folder: "folder"
      case .tar: "tar"
      case .csv: "csv"
      case .jsonl: "jsonl"
      case .webdataset: "webdataset"
      case .tensors: "tensors"
      case .annotations: "annotations"
      }
    }
    #expect(
      try ["a", "a.tar", "a.csv", "a.jsonl", "a-{0..3}.tar", "a*.tar"].map(name)
        == ["folder", "tar", "csv", "jsonl", "webdataset", "webdataset"])
  }

  @Test(arguments: [
    ("{format: folder, path: a, label: x}", "1:27: 'label' belongs to 'format: csv', but here it is 'folder'"),
    ("{format: csv, path: a, x: b.npy}", "1:24: 'x' belongs to 'format: tensors', but here it is 'csv'"),
    ("{format: webdataset, path: a, image: b}", "1:31: 'image' belongs to 'format: csv', but here it is 'webdataset'"),
    ("{format: csv}", "1:1: 'data.path' is missing"),
    ("{format: csv, path: a, split: {part: train}}", "1:31: 'data.split' needs 'fraction' or 'file'"),
    (
      "{format: csv, path: a, split: {fraction: 1.5}}",
      "1:42: 'data.split.fraction' must be a number above 0.0 and at most 1.0"
    ),
    ("{format: csv, path: a, split: {fraction: 0.5, file: x}}", "1:47: 'file' and 'fraction' exclude each other"),
    ("{format: csv, path: a, split: {column: s}}", "1:31: 'data.split.value' is missing"),
    ("{format: folder, path: a, split: {column: s, value: t}}", "1:35: 'column' belongs to 'format: csv'"),
    ("{format: csv, path: a, kind: class}", "1:30: 'data.kind' must be one of classes, multi-label, vector"),
    ("{format: csv, path: a, broken: ignore}", "1:32: 'data.broken' must be one of error, skip"),
  ])
  func mistakesAreNamedWhereTheyAre(spec: String, wanted: String) {
    do {
      _ = try DataSource(spec: spec)
      Issue.record("no error")
    } catch { #expect("\(error)".contains(wanted), "\(error)") }
  }
}
