import ZooEngine
import ZooGraph
import ZooRecipe

/// The parameters of a training with low-rank updates: A, B and what else learns. What stays is read from the model's own
/// store, so that the trunk is held once.
///
/// The model's store is left alone until `merge` gives it what was learned as plain weights.
public final class LowRankAdapters {
  public let updates: [LowRankUpdate]
  public let store: ParameterStore
  private let model: ParameterStore
  /// The weights under the updates as they were, where they are to come back.
  private var kept: NamelessFile?

  /// A copy of what learns of the model; A and B drawn from the seed.
  init(
    _ updates: [LowRankUpdate], of model: Model, states: [StateSpec], seed: Int, learning: (ParameterSpec) -> Bool
  ) throws {
    self.updates = updates
    self.model = model.store
    let added = updates.flatMap { [$0.a, $0.b] }
    let own = model.store.entries.map(\.spec).filter(learning)
    store = try ParameterStore(parameters: own + added, states: states, over: model.store)
    for spec in own { _ = try model.store.withBytes(of: spec.name) { try store.set(spec.name, bytes: $0) } }
    for state in model.store.stateNames { try store.setState(state, model.store.state(state) ?? []) }
    let names = Set(added.map(\.name))
    try store.initialize(seed: seed) { names.contains($0) }
  }

  /// Gives the model what was learned: W + scale · B·A, the other parameters that learn, and the states. Once, at the end:
  /// W itself is gone.
  public func merge() throws {
    for entry in store.entries where model.entry(entry.spec.name) != nil {
      _ = try store.withBytes(of: entry.spec.name) { try model.set(entry.spec.name, bytes: $0) }
    }
    for update in updates { try model.set(update.weight, merged(update)) }
    for state in store.stateNames { try model.setState(state, store.state(state) ?? []) }
  }

  /// The same for as long as `body` goes; then the weights under the updates are as they were, to the bit.
  /// - Parameter folder: where they are kept meanwhile, in a file.
  func whileMerged<Result>(in folder: String, _ body: () throws -> Result) throws -> Result {
    let file = try kept ?? keep(in: folder)
    try merge()
    let result = Swift.Result { try body() }
    var place = 0
    for update in updates {
      let bytes = (model.entry(update.weight)?.count ?? 0) * 4
      let values = try [Float](unsafeUninitializedCapacity: bytes / 4) { buffer, count in
        try file.read(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<bytes]), at: place)
        count = bytes / 4
      }
      try model.set(update.weight, values)
      place += bytes
    }
    return try result.get()
  }

  private func keep(in folder: String) throws -> NamelessFile {
    let file = try NamelessFile(in: folder, for: "weights")
    for update in updates { _ = try model.withBytes(of: update.weight, file.append) }
    kept = file
    return file
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
    let treatments = try treatments()
    return try LowRankAdapters(updates, of: model, states: states, seed: recipe.train.seed) {
      !treatments[$0].isFrozen
    }
  }
}
