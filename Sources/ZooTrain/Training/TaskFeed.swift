import ZooData
import ZooRecipe

/// Batches for all tasks of a recipe: each has its share of every batch, the shares joined into one.
final class TaskFeed {
  /// A batch for the whole model, and for each head its targets.
  struct Joined {
    var images: [Float]
    var count: Int
    var targets: [TrainingProgram.Targets]
    var names: [String]
  }

  private let loaders: [Loader]
  private let tasks: [(head: Int, weight: Double, share: Int)]
  private let heads: Int
  private let mixing: Mixing?
  private let seed: UInt64

  /// - Parameter heads: names in the order of the targets.
  init(_ prepared: PreparedRecipe, heads: [String], steps: Range<Int>, threads: Int) throws {
    let recipe = prepared.recipe
    var (loaders, tasks) = ([Loader](), [(head: Int, weight: Double, share: Int)]())
    for (index, task) in prepared.tasks.enumerated() {
      let share = Self.share(index, of: prepared.tasks.count, batch: recipe.train.batch)
      let transform = try task.train.transform(
        recipe.transforms.train, .train, input: prepared.model.config.input,
        scaledDecoding: recipe.transforms.scaledDecoding)
      let maker = try BatchMaker(
        dataset: task.train.dataset, transform: transform, batchSize: share,
        seed: UInt64(bitPattern: Int64(recipe.train.seed)), phase: .train, shuffle: recipe.train.shuffle)
      loaders.append(try Loader(maker, batches: steps, threads: threads, prefetch: 2))
      tasks.append((heads.firstIndex(of: task.head) ?? 0, task.recipe.weight, share))
    }
    (self.loaders, self.tasks, self.heads) = (loaders, tasks, heads.count)
    seed = UInt64(bitPattern: Int64(recipe.train.seed))
    mixing = try recipe.train.mixup.map {
      try Mixing(mixup: $0.alpha, group: $0.within == .microBatch ? prepared.microBatch : nil)
    }
  }

  /// An even share; the first tasks take what does not divide.
  static func share(_ index: Int, of tasks: Int, batch: Int) -> Int {
    batch / tasks + (index < batch % tasks ? 1 : 0)
  }

  /// The next batch; an example learns for its own task's head alone. A task's weight is shared among its examples
  /// with a label, in proportion to their own weights: its loss is their weighted mean.
  func next() throws -> Joined? {
    let count = tasks.reduce(0) { $0 + $1.share }
    let none = TrainingProgram.Targets.none(count)
    var joined = Joined(images: [], count: 0, targets: Array(repeating: none, count: heads), names: [])
    var shape = (number: 0, height: 0, width: 0)
    for (loader, task) in zip(loaders, tasks) {
      guard let batch = try loader.next() else { return nil }
      let weights = batch.lossWeights(column: 0, sharing: task.weight)
      joined.targets[task.head].place(batch.targets[0], weights, at: joined.count)
      if joined.images.isEmpty { joined.images = batch.images } else { joined.images += batch.images }
      joined.count += batch.count
      joined.names += batch.names
      shape = (batch.number, batch.height, batch.width)
    }
    // One λ for the step, whatever its micro-batches.
    if let mix = mixing?.draw(
      seed: seed, number: shape.number, count: joined.count, height: shape.height, width: shape.width)
    {
      joined.images = mix.images(joined.images, height: shape.height, width: shape.width)
      joined.targets = joined.targets.map { $0.mixed(with: mix.partners, share: mix.share) }
    }
    return joined
  }

  func cancel() { for loader in loaders { loader.cancel() } }
}
