import FoundationEssentials
import Glibc
import ZooArchive
import ZooEngine
import ZooGraph

/// A run between two steps, in one safetensors file `checkpoint/state.safetensors`: the weights that learn, what the
/// optimiser remembers, the average and the model's states; in the metadata, as JSON, the number of steps made and the
/// conditions under which the same steps give the same bits. Order, augmentation and every other random number are
/// functions of seed and step, so nothing else is needed to go on.
struct Checkpoint {
  static let folder = "checkpoint"
  static let name = folder + "/state.safetensors"
  private static let format = "zoo.checkpoint/1"
  private static let key = "zoo"

  /// Steps made.
  var step: Int
  /// Bytes of the log that belong to them.
  var logBytes: Int
  var best: BestSoFar.Mark?
  var conditions: RunConditions

  private var file: SafetensorsFile?

  init(step: Int, logBytes: Int, best: BestSoFar.Mark?, conditions: RunConditions) {
    (self.step, self.logBytes, self.best, self.conditions) = (step, logBytes, best, conditions)
  }

  // MARK: writing

  /// Writes it, whole or not at all.
  func write(_ training: TrainingSteps, in output: String) throws {
    let store = training.store
    let folder = output + "/" + Self.folder
    guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
      throw TrainError.input(file: folder, "cannot be created (\(String(cString: strerror(errno))))")
    }
    let blocks = training.blocks
    var tensors: [TensorSource] = []
    for entry in training.layout.entries {
      tensors.append(
        TensorSource(name: "weights/" + entry.spec.name, dtype: .f32, shape: entry.spec.shape) { sink in
          _ = try store.withBytes(of: entry.spec.name) { try sink($0) }
        })
      for (name, block) in blocks {
        tensors.append(
          TensorSource(name: "\(name)/\(entry.spec.name)", dtype: .f32, shape: entry.spec.shape) { sink in
            _ = try block.withBytes(of: entry) { try sink(UnsafeRawBufferPointer($0)) }
          })
      }
    }
    for state in store.stateNames {
      let values = store.state(state) ?? []
      tensors.append(TensorSource(name: "state/" + state, floats: values, shape: [values.count]))
    }
    try SafetensorsWriter.write(tensors, metadata: [(Self.key, json.compact())], to: output + "/" + Self.name)
  }

  private var json: JSONValue {
    var members: JSONObject = [
      "format": .string(Self.format), "step": .int(Int64(step)), "log_bytes": .int(Int64(logBytes)),
      "conditions": conditions.json,
    ]
    if let best { members["best"] = best.json }
    return .object(members)
  }

  // MARK: reading

  /// The checkpoint in a run's folder; nil where there is none.
  static func open(in output: String) throws -> Checkpoint? {
    let path = output + "/" + name
    guard access(path, F_OK) == 0 || errno != ENOENT && errno != ENOTDIR else { return nil }
    let file = try SafetensorsFile(path: path)
    guard let text = file.metadata.first(where: { $0.key == key })?.value else {
      throw TrainError.input(file: path, "is no checkpoint of a run")
    }
    let json = try JSONValue(parsing: text, file: path)
    guard json["format"]?.string == format else {
      throw TrainError.input(
        file: path, "is a checkpoint of format '\(json["format"]?.string ?? "?")'; this zoo continues '\(format)'")
    }
    guard let step = json["step"]?.int, step >= 0, let bytes = json["log_bytes"]?.int, bytes >= 0,
      let conditions = RunConditions(json["conditions"])
    else { throw TrainError.input(file: path, "is damaged: its metadata lack a number") }
    var checkpoint = Checkpoint(
      step: Int(step), logBytes: Int(bytes), best: BestSoFar.Mark(json["best"]), conditions: conditions)
    checkpoint.file = file
    return checkpoint
  }

  /// The checkpoint to go on from; nil where the folder's run had come to none.
  /// - Throws: where there is no unfinished run, or it would not end as it would have: with the first difference.
  static func resumable(in output: String, under now: RunConditions) throws -> Checkpoint? {
    guard let checkpoint = try open(in: output) else {
      guard RunFolder.holdsUnfinished(output) else {
        // Empty, where a run was killed at its very end.
        rmdir(output + "/" + Self.folder)
        throw TrainError.input(file: output, "holds no unfinished run to resume")
      }
      return nil
    }
    if let difference = checkpoint.conditions.difference(from: now) {
      throw TrainError.cannotResume(output, because: difference)
    }
    return checkpoint
  }

  /// Puts everything back where it was.
  /// - Throws: where arrays are missing, too many or of another shape; then nothing has changed.
  func restore(_ training: TrainingSteps) throws {
    guard let file else { return }
    let store = training.store
    var wanted: [(name: String, shape: [Int])] = []
    for entry in training.layout.entries {
      wanted.append(("weights/" + entry.spec.name, entry.spec.shape))
      for (name, _) in training.blocks { wanted.append(("\(name)/\(entry.spec.name)", entry.spec.shape)) }
    }
    for state in store.stateNames { wanted.append(("state/" + state, [store.state(state)?.count ?? 0])) }
    let known = Set(wanted.map(\.name))
    let missing = wanted.map(\.name).filter { file.entry($0) == nil }
    let extra = file.entries.map(\.name).filter { !known.contains($0) }
    let reshaped = wanted.filter { item in
      file.entry(item.name).map { $0.shape != item.shape || $0.dtype != .f32 } ?? false
    }
    guard missing.isEmpty, extra.isEmpty, reshaped.isEmpty else {
      throw TrainError.weights(file: file.path, missing: missing, extra: extra, reshaped: reshaped.map(\.name))
    }
    for entry in training.layout.entries {
      try file.withBytes(of: "weights/" + entry.spec.name) { try store.set(entry.spec.name, bytes: $0) }
      for (name, block) in training.blocks {
        try file.withBytes(of: "\(name)/\(entry.spec.name)") { bytes in
          _ = block.withBytes(of: entry) { $0.copyMemory(from: bytes) }
        }
      }
    }
    for state in store.stateNames { try store.setState(state, file.floats("state/" + state)) }
    training.resume(after: step)
  }
}
