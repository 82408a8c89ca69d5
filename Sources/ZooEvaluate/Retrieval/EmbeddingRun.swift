import ZooArchive
import ZooData
import ZooEngine
import ZooRetrieve
import ZooTrain

/// Embeds every image of a data set into files that grow: rows as npy, identities as JSONL, and beside them how they were
/// made. Memory holds a few batches. A run that was killed goes on from what it had synced, to the same bytes.
public struct EmbeddingRun {
  /// What becomes of the rows.
  public struct Form: Sendable, Equatable {
    public var kind: Embeddings.Kind
    /// Whether rows are brought to length 1.
    public var isUnit: Bool

    public init(kind: Embeddings.Kind, isUnit: Bool) { (self.kind, self.isUnit) = (kind, isUnit) }
  }

  public static let schema = "zoo.embedding/1"

  public let pass: FeaturePass
  public let data: TaskData
  public let transform: Transform
  public let form: Form
  public let source: EmbeddingSource
  private let files: EmbeddingFiles
  private let facts: JSONValue

  /// - Parameters:
  ///   - spec: the data as the command line named them.
  ///   - path: the npy file.
  public init(_ model: Model, pass: FeaturePass, data: TaskData, spec: String, form: Form, engine: Engine, path: String) throws {
    (self.pass, self.data, self.form) = (pass, data, form)
    transform = try data.evaluationTransform(for: model)
    let digest = try data.dataset.contentDigest()
    source = EmbeddingSource(
      model: model.origin.archive?.name ?? "model", modelDigest: model.origin.archive?.digest, output: pass.output,
      isUnit: form.isUnit, data: spec, dataDigest: digest)
    files = EmbeddingFiles(path)
    facts = [
      "features": try JSONValue(parsing: try pass.facts(of: data.dataset, transform: transform), file: "features"),
      "listing": .string(data.dataset.identityDigest), "source": source.json, "kind": .string(form.kind.rawValue),
      "batch": .int(Int64(pass.batch)), "threads": .int(Int64(engine.threads)),
      "instructions": .string(engine.processor.kernels), "processor": .string(engine.processor.name),
    ]
  }

  /// - Parameters:
  ///   - entry: how the run meets what is there.
  ///   - shouldStop: asked after each batch; a run that stops can be gone on with.
  ///   - progress: called after each batch with the number of images seen.
  /// - Returns: the rows written, fewer than images where some could not be read and the data pass over them; nil where the
  ///   run was stopped.
  public func write(
    _ entry: EmbeddingFiles.Entry, shouldStop: () -> Bool = { false }, progress: (Int) -> Void = { _ in }
  ) throws -> Int? {
    let count = data.dataset.count
    let width = form.kind == .bits ? form.kind.rowBytes(pass.width) : pass.width
    let header = try NpyArray.header(dtype: form.kind.dtype, shape: [count, width])
    var state = try files.begin(entry, facts: facts)
    let rows = try GrowingFile(files.rows, keeping: state.rowBytes)
    let ids = try GrowingFile(files.ids, keeping: state.idBytes)
    if state.rowBytes == 0 { try rows.append(header) }
    let clock = ContinuousClock()
    var last = clock.now
    struct Stopped: Error {}
    func keep() throws {
      try rows.sync()
      try ids.sync()
      (state.rowBytes, state.idBytes) = (rows.size, ids.size)
      try files.keep(state, facts: facts)
      last = clock.now
    }
    do {
      try pass.run(over: data.dataset, transform: transform, from: state.images) { part in
        try append(part, &state, rows, ids)
        progress(state.images)
        if shouldStop(), state.images < count { throw Stopped() }
        // Seldom, for a sync waits for the disk; the first soon, so that a short run keeps something too.
        if clock.now - last > .seconds(2) || state.images == part.count { try keep() }
      }
    } catch is Stopped {
      try keep()
      return nil
    }
    let written = (rows.size - header.count) / form.kind.rowBytes(pass.width)
    if written < count {
      try rows.overwrite(
        at: 0, try NpyArray.header(dtype: form.kind.dtype, shape: [written, width], length: header.count))
    }
    let description: JSONValue = [
      "schema": .string(Self.schema), "count": .int(Int64(written)), "dimensions": .int(Int64(pass.width)),
      "kind": .string(form.kind.rawValue), "source": source.json,
    ]
    try files.finish(rows, ids, description)
    return written
  }

  private func append(_ part: FeatureRows, _ state: inout EmbeddingFiles.State, _ rows: GrowingFile, _ ids: GrowingFile) throws {
    var lines = ""
    var kept: [Float] = []
    for row in 0..<part.count {
      let values = part.values[row * pass.width..<(row + 1) * pass.width]
      let index = part.start + row
      // An image that could not be read and is passed over.
      if data.skipped != nil, values.allSatisfy(\.isNaN) { continue }
      kept += values
      var line: JSONObject = ["id": .string(data.dataset.name(at: index)), "index": .int(Int64(index))]
      if let label = data.dataset.labelText(at: index) { line["label"] = label }
      lines += JSONValue.object(line).compact() + "\n"
    }
    if let place = kept.firstIndex(where: { !$0.isFinite }) {
      throw TrainError.model(
        source.model, "'\(pass.output)' is \(kept[place]) for image \(part.start + place / pass.width) and after")
    }
    if form.isUnit { kept = try unitRows(kept, dimensions: pass.width, first: part.start, file: source.data) }
    try rows.append(
      try encoded(kept, as: form.kind, dimensions: pass.width, first: part.start, file: source.data))
    try ids.append(lines)
    state.images = part.start + part.count
  }
}

extension Dataset {
  /// The first column's label, as a name where classes have names, a list where there may be several; nil where missing.
  func labelText(at index: Int) -> JSONValue? {
    guard let column = columns.first else { return nil }
    func name(_ label: Int32) -> JSONValue {
      let label = Int(label)
      return column.names.indices.contains(label) ? .string(column.names[label]) : .int(Int64(label))
    }
    switch value(at: index, column: 0) {
    case .missing: return nil
    case .class(let label): return name(label)
    case .labels(let several): return .array(several.filter { $0.value > 0 }.map { name($0.label) })
    case .vector(let numbers): return .array(numbers.map { .double(Double($0)) })
    }
  }

  /// SHA-256 of names and labels in their order: what a file of identities holds.
  var identityDigest: String {
    var digest = StreamingDigest()
    for index in 0..<count {
      digest.update(name(at: index) + "\t" + (labelText(at: index)?.compact() ?? "") + "\n")
    }
    return digest.hex()
  }
}
