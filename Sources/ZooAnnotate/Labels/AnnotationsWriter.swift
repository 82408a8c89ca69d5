import Glibc
import ZooArchive
import ZooRecipe

/// Writes the annotations: a tar that appears whole or not at all.
///
/// `annotations.json` says what it is; `labels.json` is the table of labels; `records.jsonl` has an image a line; `report.json`
/// and `report.html` tell how it came about; `images/…` are there where images are embedded.
struct AnnotationsWriter {
  static let schema = "zoo.annotations/1"

  private let job: AnnotationJob
  private let names: LabelNumbers
  private let output: String
  private let places: ImagePlaces
  /// By file of the records: its folder seen from the output's, or the file where that holds the images.
  private let bases: [String]

  init(_ job: AnnotationJob, _ names: LabelNumbers, output: String) {
    (self.job, self.names, self.output) = (job, names, output)
    places = ImagePlaces(job.files)
    let isShards = job.recipe.input.format == .webdataset
    let from = folderPath(output)
    bases = job.files.map { file in
      isShards ? relativePath(realFile(file), from: from) : relativePath(folderPath(file), from: from)
    }
  }

  /// A line of `records.jsonl`.
  func line(_ record: LabelledRecord, place: Int, isHeldOut: Bool, times: Int, _ space: LabelSpace) throws -> [UInt8] {
    let image = String(decoding: record.image, as: UTF8.self)
    var object = JSONObject()
    if job.recipe.output.images == .embed {
      object["image"] = .string(member(record, place))
    } else if record.size > 0 || record.offset > 0 {
      object["image"] = .string(image)
      object["shard"] = .string(bases[record.file])
      object["offset"] = .int(Int64(record.offset))
      object["size"] = .int(Int64(record.size))
    } else {
      let base = bases[record.file]
      object["image"] = .string(image.hasPrefix("/") || base.isEmpty ? image : base + "/" + image)
    }
    var labels = JSONObject()
    for given in record.labels {
      labels[space.labels[Int(given.label)].name] = .double(Double((given.score * 10_000).rounded()) / 10_000)
    }
    object["labels"] = .object(labels)
    object["label"] = record.labels.first.map { .string(space.labels[Int($0.label)].name) } ?? .null
    object["part"] = .string(isHeldOut ? "held-out" : "train")
    if times > 1 { object["times"] = .int(Int64(times)) }
    if !record.group.isEmpty { object["group"] = .string(String(decoding: record.group, as: UTF8.self)) }
    return Array((JSONValue.object(object).compact() + "\n").utf8)
  }

  /// The name of an embedded image, which keeps the extension.
  private func member(_ record: LabelledRecord, _ place: Int) -> String {
    let digits = "\(place)"
    let file = record.image.split(separator: UInt8(ascii: "/")).last ?? []
    let end = file.lastIndex(of: UInt8(ascii: ".")).map { String(decoding: file[$0...], as: UTF8.self) } ?? ""
    let isPlain = end.utf8.count <= 6 && end.utf8.allSatisfy { $0 == 0x2E || $0 &- 0x30 < 10 || $0 | 0x20 &- 0x61 < 26 }
    return "images/" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + (isPlain ? end : "")
  }

  /// - Parameter images: calls what it is given with each record of an image and its place.
  func write(
    _ records: ScratchFile, _ report: AnnotationReport, _ model: LabelModel, _ page: String,
    images: ((LabelledRecord, Int) throws -> Void) throws -> Void
  ) throws {
    let tar = try TarWriter(output)
    let about: JSONObject = [
      "schema": .string(Self.schema), "labels": .int(Int64(names.kept.count)), "images": .int(Int64(report.images)),
      "held_out": .int(Int64(report.heldOut)), "embedded": .bool(job.recipe.output.images == .embed),
      "recipe": .string(job.recipe.resolvedText),
    ]
    try tar.add("annotations.json", bytes: Array(JSONValue.object(about).pretty().utf8))
    try tar.add("labels.json", bytes: Array(table(model, report).pretty().utf8))
    try records.flush()
    let source = try ByteSource(records.path)
    try tar.add("records.jsonl", size: source.size) { try source.forEachBlock($0) }
    try tar.add("report.html", bytes: Array(page.utf8))
    try tar.add("report.json", bytes: Array(report.json.pretty().utf8))
    guard job.recipe.output.images == .embed else { return try tar.finish() }
    try images { record, place in
      let source: ByteSource
      do { source = try places.source(record) } catch {
        throw AnnotateError.file(places.path(record), "the image cannot be embedded: \(error)")
      }
      try tar.add(member(record, place), size: source.size) { try source.forEachBlock($0) }
    }
    try tar.finish()
  }

  private func table(_ model: LabelModel, _ report: AnnotationReport) -> JSONValue {
    .array(
      names.kept.map { number in
        let label = model.space.labels[number]
        return [
          "name": .string(label.name), "kind": .string(label.kind.rawValue),
          "images": .int(Int64(report.labelImages[number])),
          "terms": .array(label.terms.map { .string(model.dictionary.terms[$0].text) }),
        ]
      })
  }
}

/// The absolute path of a file's folder, links followed where it is there.
private func folderPath(_ file: String) -> String {
  realFile(file.contains("/") ? String(file[...(file.lastIndex(of: "/") ?? file.startIndex)]) : ".")
}

private func realFile(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return path }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// An absolute path seen from an absolute folder.
func relativePath(_ path: String, from folder: String) -> String {
  let (to, here) = (path.split(separator: "/"), folder.split(separator: "/"))
  let shared = zip(to, here).prefix { $0 == $1 }.count
  return (Array(repeating: "..", count: here.count - shared) + to[shared...].map(String.init)).joined(separator: "/")
}
