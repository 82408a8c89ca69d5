import ZooEngine

/// What int8 products do to a model's outputs, one at a time.
struct Sensitivity {
  private let engine: Engine
  private let images: [Float]
  private let count: Int
  private let wanted: [[Float]]

  /// - Parameters:
  ///   - images: `count` of them, as the model takes them.
  init(of model: Model, images: [Float], count: Int, engine: Engine) throws {
    (self.engine, self.images, self.count) = (engine, images, count)
    wanted = try Self.outputs(of: model, images, count, engine)
  }

  /// The distance of another model's outputs, as a share of theirs: the largest of any output.
  func error(of model: Model) throws -> Double {
    let outputs = try Self.outputs(of: model, images, count, engine)
    return zip(outputs, wanted).map { got, want in
      var (difference, size) = (0.0, 0.0)
      for (x, y) in zip(got, want) {
        difference += Double(x - y) * Double(x - y)
        size += Double(y) * Double(y)
      }
      return size > 0 ? (difference / size).squareRoot() : difference > 0 ? .infinity : 0
    }.max() ?? 0
  }

  private static func outputs(of model: Model, _ images: [Float], _ count: Int, _ engine: Engine) throws -> [[Float]] {
    let inference = try Inference(model, engine: engine, batch: count, packs: false)
    try inference.run(images)
    // Heads, or the last activation where there are none.
    let names = model.heads.isEmpty ? Array(inference.names.suffix(1)) : inference.names
    return try names.map { try inference.output($0, count: count).values }
  }
}
