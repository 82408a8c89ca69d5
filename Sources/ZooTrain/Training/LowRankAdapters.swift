import ZooEngine
import ZooGraph
import ZooRecipe

/// The parameters of a training with low-rank updates: those of the model as they are under the updates, and A and B.
///
/// The model's own store is left alone until `merge` gives it what was learned as plain weights.
public final class LowRankAdapters {
  public let updates: [LowRankUpdate]
  public let store: ParameterStore

  /// A copy of the model's values; A and B drawn from the seed.
  init(_ updates: [LowRankUpdate], of model: Model, states: [StateSpec], seed: Int) throws {
    self.updates = updates
    let added = updates.flatMap { [$0.a, $0.b] }
    store = try ParameterStore(parameters: model.store.entries.map(\.spec) + added, states: states)
    for entry in model.store.entries {
      _ = try model.store.withBytes(of: entry.spec.name) { try store.set(entry.spec.name, bytes: $0) }
    }
    for state in model.store.stateNames { try store.setState(state, model.store.state(state) ?? []) }
    let names = Set(added.map(\.name))
    try store.initialize(seed: seed) { names.contains($0) }
  }

  /// Gives a model's store what was learned: W + scale · B·A, the other parameters that learn, and the states.
  /// - Parameter layout: has the parameters that learn.
  public func merge(into other: ParameterStore, learning layout: ParameterBlock) throws {
    for entry in layout.entries where other.entry(entry.spec.name) != nil {
      _ = try store.withBytes(of: entry.spec.name) { try other.set(entry.spec.name, bytes: $0) }
    }
    for update in updates { try other.set(update.weight, merged(update)) }
    for state in store.stateNames { try other.setState(state, store.state(state) ?? []) }
  }

  private func merged(_ update: LowRankUpdate) throws -> [Float] {
    var weights = try store.values(update.weight)
    let (a, b) = (try store.values(update.a.name), try store.values(update.b.name))
    let (rank, width) = (update.a.shape[0], update.a.shape[1])
    var row = [Float](repeating: 0, count: width)
    for output in 0..<update.b.shape[0] {
      for column in 0..<width { row[column] = 0 }
      for index in 0..<rank {
        let factor = b[output * rank + index]
        for column in 0..<width { row[column] += factor * a[index * width + column] }
      }
      for column in 0..<width { weights[output * width + column] += Float(update.scale) * row[column] }
    }
    return weights
  }
}

extension PreparedRecipe {
  /// The low-rank updates that the recipe asks for; none without `train.lora`.
  /// - Throws: at its place in the recipe, a pattern that matches no linear weight of the trunk.
  func lowRankUpdates() throws -> [LowRankUpdate] {
    guard let settings = recipe.train.lora else { return [] }
    let weights = try model.graph(.train, targets: Set(learningHeads)).graph.linearWeights.filter { spec in
      !model.heads.contains { spec.name.hasPrefix("heads.\($0.name).") }
    }
    var chosen: Set<String> = []
    var missed: [LoraSettings.Match] = []
    for match in settings.match {
      let found = weights.filter { match.pattern.matches(name: $0.name, depth: $0.depth, head: nil) }.map(\.name)
      if found.isEmpty { missed.append(match) }
      chosen.formUnion(found)
    }
    // Where the recipe names no patterns, a trunk may have the one kind of layer without the other.
    if let first = missed.first, chosen.isEmpty || !settings.matchesByDefault {
      throw TrainError.matchesNoLinear(first, weights.map(\.name))
    }
    return weights.filter { chosen.contains($0.name) }.map {
      LowRankUpdate(of: $0, rank: settings.rank, scale: settings.scale)
    }
  }

  /// The parameters to train in place of the model's; nil without `train.lora`.
  public func adapters() throws -> LowRankAdapters? {
    let updates = try lowRankUpdates()
    guard !updates.isEmpty else { return nil }
    let states = try model.graph(.predict).graph.states.map(\.spec)
    return try LowRankAdapters(updates, of: model, states: states, seed: recipe.train.seed)
  }
}
