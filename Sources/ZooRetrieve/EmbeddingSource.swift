import ZooArchive

/// How embeddings were made, so that queries can be made the same way and hits be shown.
public struct EmbeddingSource: Sendable, Equatable {
  /// The model's name and the digest of its archive.
  public var model: String
  public var modelDigest: String?
  /// The output of a head or the activation that was kept.
  public var output: String
  /// Whether rows were brought to length 1.
  public var isUnit: Bool
  /// The data as the command line named them, and a digest of their listing.
  public var data: String
  public var dataDigest: String

  public init(model: String, modelDigest: String?, output: String, isUnit: Bool, data: String, dataDigest: String) {
    (self.model, self.modelDigest, self.output, self.isUnit) = (model, modelDigest, output, isUnit)
    (self.data, self.dataDigest) = (data, dataDigest)
  }

  public var json: JSONValue {
    [
      "model": .string(model), "model_sha256": modelDigest.map(JSONValue.string) ?? .null, "output": .string(output),
      "unit": .bool(isUnit), "data": .string(data), "data_sha256": .string(dataDigest),
    ]
  }

  /// - Throws: `RetrieveError.index` where a field is missing or of another kind.
  public init(_ json: JSONValue, file: String) throws {
    guard let model = json["model"]?.string, let output = json["output"]?.string, let unit = json["unit"]?.bool,
      let data = json["data"]?.string, let digest = json["data_sha256"]?.string
    else { throw RetrieveError.index(file, "'source' needs model, output, unit, data and data_sha256") }
    self.init(
      model: model, modelDigest: json["model_sha256"]?.string, output: output, isUnit: unit, data: data,
      dataDigest: digest)
  }

  /// What `zoo embed` wrote beside an array: `x.json` beside `x.npy`; nil where there is none or it is something else.
  public static func beside(_ array: String) throws -> (source: EmbeddingSource, dimensions: Int?)? {
    let path = fileBeside(array, ".json")
    guard let json = try? JSONFile.read(path), let source = json["source"] else { return nil }
    return (try EmbeddingSource(source, file: path), json["dimensions"]?.int.map { Int(clamping: $0) })
  }
}

/// `x.jsonl` for `x.npy` and `.jsonl`.
public func fileBeside(_ array: String, _ ending: String) -> String {
  (array.hasSuffix(".npy") ? String(array.dropLast(4)) : array) + ending
}
