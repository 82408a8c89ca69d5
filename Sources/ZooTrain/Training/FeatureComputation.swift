import ZooData
import ZooEngine

extension PreparedRecipe {
  /// Whether a group's features are too many for memory.
  func needsFile(_ group: TaskGroup, _ features: TrunkFeatures) -> Bool {
    let (all, overflow) = group.dataset.count.multipliedReportingOverflow(by: features.count)
    return overflow || all > mostFeaturesInMemory
  }

  /// Runs the trunk over all training images, in the order of the data.
  ///
  /// - Parameters:
  ///   - folder: where features that are too many for memory may go.
  ///   - progress: the images done and all there are; throws to end it.
  /// - Returns: for each of `groups` its features.
  func computeFeatures(
    _ features: TrunkFeatures, engine: Engine, folder: String, loaderThreads: Int,
    progress: (_ done: Int, _ of: Int) throws -> Void
  ) throws -> [FeatureStore] {
    let batch = min(microBatch, 32)
    let program = try features.program(model, engine: engine, batch: batch)
    let all = groups.reduce(0) { $0 + $1.dataset.count }
    var done = 0
    return try groups.map { group in
      guard let first = group.tasks.first.map({ tasks[$0] }) else { throw DataError.batchSize(0) }
      let transform = try first.train.transform(
        recipe.transforms.train, .train, input: model.config.input, scaledDecoding: recipe.transforms.scaledDecoding)
      let maker = try BatchMaker(
        dataset: group.dataset, transform: transform, batchSize: batch, seed: 0, phase: .evaluate)
      let loader = try Loader(maker, threads: loaderThreads, prefetch: 2)
      defer { loader.cancel() }
      return try FeatureStore(
        count: group.dataset.count, valueCount: features.count, folder: folder, mostInMemory: mostFeaturesInMemory
      ) { add in
        while let images = try loader.next() {
          let padding = (batch - images.count) * transform.valueCount
          try program.set("image", padding > 0 ? images.images + [Float](repeating: 0, count: padding) : images.images)
          try program.run()
          try add(rows(features, program, images.count), images.indices.enumerated().map { place, index in
            images.weights[place] == 0 && group.dataset.weight(at: index) != 0
          })
          done += images.count
          try progress(done, all)
        }
      }
    }
  }

  /// The activations of each image, one after the other.
  private func rows(_ features: TrunkFeatures, _ program: Program, _ count: Int) throws -> [Float] {
    let parts = try features.activations.map { (values: try program.output($0.name).values, each: $0.count) }
    if parts.count == 1 { return Array(parts[0].values.prefix(count * parts[0].each)) }
    var rows: [Float] = []
    rows.reserveCapacity(count * features.count)
    for row in 0..<count {
      for part in parts { rows += part.values[(row * part.each)..<((row + 1) * part.each)] }
    }
    return rows
  }
}
