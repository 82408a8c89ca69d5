import ZooData
import ZooRecipe

/// Batches for all tasks of a recipe: each data set has its share of every batch, the shares joined into one. Tasks that
/// have the same images share them.
final class TaskFeed {
  /// A batch for the whole model, and for each head its targets.
  struct Joined {
    var images: [Float]
    var count: Int
    var targets: [TrainingProgram.Targets]
    var names: [String]
  }

  /// A task and the column of its batch that holds its labels.
  private struct Learner {
    let head: Int
    let column: Int
    let weight: Double
  }

  private let loaders: [Loader]
  private let parts: [[Learner]]
  private let none: [TrainingProgram.Targets]
  private let mixing: Mixing
  private let seed: UInt64

  /// - Parameters:
  ///   - heads: names in the order of the targets.
  ///   - features: for each group of the recipe's, what stands for its images; empty where they are read.
  init(
    _ prepared: PreparedRecipe, heads: [String], steps: Range<Int>, threads: Int, features: [FeatureStore] = []
  ) throws {
    let (recipe, model) = (prepared.recipe, prepared.model)
    var (loaders, parts) = ([Loader](), [[Learner]]())
    for (index, (group, size)) in zip(prepared.groups, prepared.groupSizes).enumerated() {
      guard let first = group.tasks.first.map({ prepared.tasks[$0] }) else { continue }
      let transform = try first.train.transform(
        recipe.transforms.train, .train, input: model.config.input, scaledDecoding: recipe.transforms.scaledDecoding)
      let maker = try BatchMaker(
        dataset: group.dataset, transform: transform, batchSize: size,
        seed: UInt64(bitPattern: Int64(recipe.train.seed)), phase: .train, shuffle: recipe.train.shuffle,
        features: features.isEmpty ? nil : features[index])
      loaders.append(try Loader(maker, batches: steps, threads: threads, prefetch: 2))
      parts.append(
        group.tasks.enumerated().map { column, index in
          let task = prepared.tasks[index]
          return Learner(head: heads.firstIndex(of: task.head) ?? 0, column: column, weight: task.recipe.weight)
        })
    }
    (self.loaders, self.parts) = (loaders, parts)
    none = heads.map { name in
      let head = model.head(named: name)?.config
      return .none(recipe.train.batch, width: head?.target == "class" ? nil : head?.labels?.count)
    }
    seed = UInt64(bitPattern: Int64(recipe.train.seed))
    let (mixup, cutmix) = (recipe.train.mixup, recipe.train.cutmix)
    mixing = try Mixing(
      mixup: mixup?.alpha ?? 0, cutmix: cutmix?.alpha ?? 0,
      group: mixup?.within == .microBatch ? prepared.microBatch : nil)
  }

  /// The next batch; an image learns for the tasks that it has labels for. A task's weight is shared among its examples
  /// with a label, in proportion to their own weights: its loss is their weighted mean.
  func next() throws -> Joined? {
    var joined = Joined(images: [], count: 0, targets: none, names: [])
    var shape = (number: 0, height: 0, width: 0)
    for (loader, learners) in zip(loaders, parts) {
      guard let batch = try loader.next() else { return nil }
      for learner in learners {
        let weights = batch.lossWeights(column: learner.column, sharing: learner.weight)
        joined.targets[learner.head].place(batch.targets[learner.column], weights, at: joined.count)
      }
      if joined.images.isEmpty { joined.images = batch.images } else { joined.images += batch.images }
      joined.count += batch.count
      joined.names += batch.names
      shape = (batch.number, batch.height, batch.width)
    }
    // One λ for the step, whatever its micro-batches.
    if let mix = mixing.draw(
      seed: seed, number: shape.number, count: joined.count, height: shape.height, width: shape.width)
    {
      joined.images = mix.images(joined.images, height: shape.height, width: shape.width)
      joined.targets = joined.targets.map { $0.mixed(with: mix.partners, share: mix.share) }
    }
    return joined
  }

  func cancel() { for loader in loaders { loader.cancel() } }
}
