import Glibc
import ZooArchive
import ZooGraph
import ZooHost
import ZooRecipe

/// Whose names and layouts an exported model has.
public enum ExportFormat: String, Sendable, CaseIterable {
  case timm
  /// Hugging Face transformers.
  case hf
  /// This project's own names.
  case safetensors
}

extension Model {
  /// Writes `model.safetensors` and, for other libraries, the `config.json` by which they load it.
  ///
  /// - Parameters:
  ///   - folder: made where it does not exist; each file appears whole or not at all.
  ///   - headName: the head that becomes the library's classifier; nil for the only one, or none.
  /// - Returns: what the library computes otherwise than this model, one sentence each.
  /// - Throws: `TrainError.model` where the library has no such model.
  public func export(_ format: ExportFormat, to folder: String, head headName: String? = nil) throws -> [String] {
    try requireFloat(to: "exported")
    let weights: [TensorSource]
    var files: [(name: String, text: String)] = []
    var notes: [String] = []
    switch format {
    case .safetensors: weights = weightSources()
    case .timm, .hf:
      let classifier = try classifier(headName)
      let description = try ExportDescription(self, classifier: classifier)
      let config = format == .timm ? try description.timm() : try description.huggingFace()
      (files, notes) = (config.files, config.notes)
      weights = try sources(format.rawValue, classifier: classifier?.name)
    }
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
      throw TrainError.input(file: folder, "cannot be made a folder: \(String(cString: strerror(errno)))")
    }
    let metadata = format == .safetensors ? [] : [(key: "format", value: "pt")]
    try SafetensorsWriter.write(weights, metadata: metadata, to: folder + "/model.safetensors")
    for file in files { try AtomicFile.write(file.text, to: "\(folder)/\(file.name)") }
    return notes
  }

  private func classifier(_ name: String?) throws -> Head? {
    guard let name = name ?? (heads.count == 1 ? heads[0].name : nil) else {
      return heads.isEmpty ? nil : try onlyHead()
    }
    guard let head = head(named: name) else {
      let known = heads.isEmpty ? "it has none" : "it has \(heads.map(\.name).joined(separator: ", "))"
      throw TrainError.unknownName(label, "has no head '\(name)'; \(known)")
    }
    guard head.config.plugin == "linear", head.config.inputs == ["pooled"] else {
      throw TrainError.model(
        label,
        "head '\(name)' is no linear classifier over the pooled features, which is all that other libraries take")
    }
    return head
  }

  var label: String { origin.archive?.name ?? "model" }

  /// Every parameter under the names of a key map, in the layout that its library has.
  private func sources(_ format: String, classifier: String?) throws -> [TensorSource] {
    let map = try backbone.keyMap(format)
    var sources: [TensorSource] = []
    for entry in store.entries {
      var name = entry.spec.name
      if name.hasPrefix("heads.") {
        guard let classifier, name.hasPrefix("heads.\(classifier).") else { continue }
        name = "head." + name.dropFirst("heads.\(classifier).".count)
      }
      guard let mapping = map.first(where: { $0.parameter == name }),
        let parts = exported(entry.spec, as: mapping)
      else {
        throw TrainError.model(label, "parameter '\(name)' has no place among the names of '\(format)'")
      }
      sources += parts
    }
    return sources
  }

  /// A parameter as the arrays it is made of: the inverse of an import.
  private func exported(_ spec: ParameterSpec, as entry: KeyMapEntry) -> [TensorSource]? {
    let count = entry.sources.count
    guard let rows = spec.shape.first, rows % count == 0 else { return nil }
    let part = count == 1 ? spec.shape : [rows / count] + spec.shape.dropFirst()
    guard let layout = CheckpointLayout(entry.transform, result: part) else { return nil }
    let (store, size) = (store, part.reduce(1, *))
    return entry.sources.enumerated().map { index, source in
      TensorSource(name: source, dtype: .f32, shape: layout.source) { sink in
        guard !layout.isPlain else {
          _ = try store.withBytes(of: spec.name) { bytes in
            try sink(UnsafeRawBufferPointer(rebasing: bytes[(index * size * 4)..<((index + 1) * size * 4)]))
          }
          return
        }
        let values = try store.values(spec.name)[(index * size)..<((index + 1) * size)]
        try layout.invert(Array(values)).withUnsafeBytes { try sink($0) }
      }
    }
  }
}
