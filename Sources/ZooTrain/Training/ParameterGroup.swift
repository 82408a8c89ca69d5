import ZooGraph
import ZooRecipe

/// How training treats a parameter.
public struct ParameterTreatment: Sendable, Equatable {
  /// Times the rate of the step.
  public var rate: Double
  /// Weight decay.
  public var decay: Double
  /// Stays as it is: no gradient is computed, no state kept.
  public var isFrozen: Bool

  public init(rate: Double = 1, decay: Double = 0, isFrozen: Bool = false) {
    (self.rate, self.decay, self.isFrozen) = (rate, decay, isFrozen)
  }
}

/// Parameters that are treated alike; those of low-rank updates are groups of their own.
public struct ParameterGroup: Sendable, Equatable {
  public let treatment: ParameterTreatment
  /// Their names, in the model's order.
  public let names: [String]
  /// Values in all of them.
  public let count: Int
}

/// What a recipe's `optimizer`, `groups` and `layer-decay` make of a model's parameters.
public struct ParameterTreatments: Sendable {
  /// Parameters that are treated alike, in the order in which the model first has one of each kind.
  public let groups: [ParameterGroup]
  private let byName: [String: ParameterTreatment]

  /// By default a parameter has the optimiser's rate, and its weight decay where the parameter says that it decays.
  /// Every entry of `groups` then changes what it matches, in order, so the last one that says something holds. At the
  /// end `layer-decay` multiplies rates: once for each step of depth below the backbone's deepest, as in BEiT (Bao et
  /// al. 2022); heads and the last norm keep the whole rate.
  ///
  /// With `lora` the backbone's parameters are frozen at first; what was added to them always learns.
  ///
  /// - Parameter adapters: names of the parameters that low-rank updates add.
  /// - Throws: at its place in the recipe, a pattern that matches nothing; and where nothing is left to learn.
  public init(
    _ parameters: [ParameterSpec], heads: [String], settings: TrainSettings, adapters: Set<String> = []
  ) throws {
    let items = parameters.map { spec in
      (spec: spec, head: heads.first { spec.name.hasPrefix("heads.\($0).") })
    }
    var treatments = items.map { item in
      ParameterTreatment(
        decay: item.spec.decays ? settings.optimizer.weightDecay : 0,
        isFrozen: settings.lora != nil && item.head == nil && !adapters.contains(item.spec.name))
    }
    for group in settings.groups {
      var found = false
      for (index, item) in items.enumerated()
      where group.match.matches(name: item.spec.name, depth: item.spec.depth, head: item.head) {
        found = true
        if let rate = group.rate { treatments[index].rate = rate }
        if let decay = group.decay { treatments[index].decay = decay }
        if let freeze = group.freeze, !adapters.contains(item.spec.name) { treatments[index].isFrozen = freeze }
      }
      guard found else { throw TrainError.matchesNothing(group.match, at: group.location, parameters.map(\.name)) }
    }
    if let factor = settings.layerDecay {
      let deepest = items.filter { $0.head == nil }.map(\.spec.depth).max() ?? 0
      for (index, item) in items.enumerated() where item.head == nil {
        for _ in item.spec.depth..<max(deepest, item.spec.depth) { treatments[index].rate *= factor }
      }
    }
    if let last = settings.groups.last, treatments.allSatisfy(\.isFrozen) {
      throw TrainError.recipe(RecipeError(at: last.location, "every parameter is frozen; nothing is left to learn"))
    }
    var groups: [ParameterGroup] = []
    for (item, treatment) in zip(items, treatments) {
      let count = item.spec.shape.reduce(1, *)
      let isAdapter = adapters.contains(item.spec.name)
      if let index = groups.firstIndex(where: {
        $0.treatment == treatment && adapters.contains($0.names[0]) == isAdapter
      }) {
        groups[index] = ParameterGroup(
          treatment: treatment, names: groups[index].names + [item.spec.name], count: groups[index].count + count)
      } else {
        groups.append(ParameterGroup(treatment: treatment, names: [item.spec.name], count: count))
      }
    }
    self.groups = groups
    byName = Dictionary(zip(parameters.map(\.name), treatments)) { first, _ in first }
  }

  public subscript(parameter: ParameterSpec) -> ParameterTreatment { byName[parameter.name] ?? ParameterTreatment() }
}

extension PreparedRecipe {
  /// How each parameter of the model is treated, and what low-rank updates add to them.
  public func treatments() throws -> ParameterTreatments {
    let added = try lowRankUpdates().flatMap { [$0.a, $0.b] }
    return try ParameterTreatments(
      model.store.entries.map(\.spec) + added, heads: model.heads.map(\.name), settings: recipe.train,
      adapters: Set(added.map(\.name)))
  }
}
