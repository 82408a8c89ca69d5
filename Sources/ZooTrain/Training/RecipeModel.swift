import ZooArchive
import ZooData
import ZooEngine
import ZooHost
import ZooRecipe

extension [TaskRecipe] {
  fileprivate var uniqueHeads: [String] {
    reduce(into: []) { heads, task in if !heads.contains(task.head) { heads.append(task.head) } }
  }
}

/// A recipe brought together with its model and data: everything that training needs, checked before it starts.
public struct PreparedRecipe {
  /// A task with its data and its head's place in the model.
  public struct Task {
    public let recipe: TaskRecipe
    public let head: String
    public let train: TaskData
    public let evaluate: TaskData?
  }

  public let recipe: Recipe
  public let model: Model
  public let tasks: [Task]
  /// The data sets that the tasks learn from: tasks with the same images share one.
  public let groups: [TaskGroup]
  /// Of every batch, the examples of each of them; empty where the batch has too few.
  public let groupSizes: [Int]
  /// Heads that a task trains, in the order of the tasks.
  public let learningHeads: [String]
  /// Heads of the archive that no task uses and that the new model leaves out: they were made for another trunk.
  public let droppedHeads: [String]
  /// Numbers that features of a frozen trunk may take in memory, for each data set; more go into a file.
  public var mostFeaturesInMemory = 1 << 27

  /// - Parameter given: data by the name of their task, in the place of those that the recipe names.
  public init(_ written: Recipe, plugins: Plugins, store: Store, given: [String: GivenData] = [:]) throws {
    let base = try Self.base(written, plugins: plugins, store: store)
    let recipe = try written.following { try RuleFacts(written, model: base.config, given: given) }
    self.recipe = recipe
    var config = base.config
    var backbone = base.backbone
    if let size = recipe.input {
      (config.input.height, config.input.width) = (size.height, size.width)
      if let trunk = try base.backbone(for: size) {
        (backbone, config.options) = (trunk.instance, trunk.options)
        config.source.append(SourceNote("positions", "resized for \(size.height) pixels, rule official"))
      }
    }
    backbone = try Self.dropping(backbone, config.options, recipe)
    if let steps = recipe.transforms.evaluate { config.preprocessing = steps }

    var (heads, tasks, fresh) = ([Model.Head](), [Task](), Set<String>())
    for task in recipe.tasks {
      let target = try Self.target(of: task, recipe, base, plugins)
      let train = try given[task.name]?.train ?? TaskData(task.train, target: target)
      let head: Model.Head
      if let known = heads.first(where: { $0.name == task.head }) {
        head = known
      } else if let kept = try Self.kept(task, recipe, base) {
        head = kept
        heads.append(kept)
      } else {
        head = try Self.new(task, recipe, train, plugins)
        try Self.checkInput(recipe.head(named: task.head), base)
        heads.append(head)
        fresh.insert(head.name)
      }
      try Self.checkKind(train, head.config.target, task)
      let labels = head.config.labels ?? train.labels(task.train)
      let evaluate = try given[task.name].map(\.evaluate) ?? task.evaluate.map { try TaskData($0, target: target) }
      tasks.append(
        Task(
          recipe: task, head: head.name, train: try train.mapped(to: labels, at: task.train.location),
          evaluate: try evaluate?.mapped(to: labels, at: (task.evaluate ?? task.train).location)))
    }
    // A head that learns is bound to the trunk that comes out.
    heads = heads.map(\.unbound)
    config.heads = heads.map(\.config)
    config.trunk = nil
    // What was assumed is written down, so that the model is used as it was measured whatever is assumed later.
    if config.preprocessing == nil, tasks.contains(where: { !$0.train.isNormalised }) {
      config.preprocessing = Transform.standardSteps(.evaluate)
    }
    if recipe.input == nil { try Self.followTensors(tasks, base, &config.input) }
    func empty() throws -> Model {
      try Self.checkedHeads(heads, on: backbone, config.input, recipe) {
        try Model.empty(config, backbone, heads: heads, origin: base.origin)
      }
    }
    var model = try empty()
    let carried = try Self.carried(recipe, base, used: Set(heads.map(\.name))) {
      try Self.trunkStays(recipe, model, base)
    }
    if !carried.isEmpty {
      heads += carried
      config.heads = heads.map(\.config)
      model = try empty()
    }
    (self.model, self.tasks) = (model, tasks)
    (learningHeads, groups) = (recipe.tasks.uniqueHeads, TaskGroup.groups(of: tasks.map(\.train.dataset)))
    let shares = groups.map { group in group.tasks.map { tasks[$0].recipe.share }.max() ?? 1 }
    groupSizes = groups.count <= recipe.train.batch ? divide(recipe.train.batch, by: shares) : []
    droppedHeads = base.heads.map(\.name).filter { model.head(named: $0) == nil || fresh.contains($0) }
    try fill(from: base, fresh: fresh)
  }

  /// Tensors that are ready cannot be resized, so a backbone that takes any size takes theirs.
  private static func followTensors(_ tasks: [Task], _ base: Model, _ input: inout ModelInput) throws {
    guard let data = tasks.first?.train, data.isNormalised, try base.backbone.adaptations().isEmpty else { return }
    let size = try data.dataset.size(at: 0)
    (input.height, input.width) = (size.height, size.width)
  }

  /// The backbone with what the recipe has dropped in training; the options that the model is written with are its own.
  private static func dropping(
    _ backbone: ComponentInstance, _ own: PluginOptions, _ recipe: Recipe
  ) throws -> ComponentInstance {
    var (result, options) = (backbone, own)
    for (name, rate) in [("dropout", recipe.train.dropout), ("drop-path", recipe.train.dropPath)] {
      guard let rate else { continue }
      options = options.overlaid(with: PluginOptions([(name, .double(rate))]))
      do { result = try backbone.component.instantiate(options: options.json()) } catch {
        guard error.kind == .options else { throw error }
        throw TrainError.recipe(
          RecipeError(
            at: recipe.location(of: "train.\(name)") ?? SourceLocation(file: recipe.path),
            "the backbone '\(backbone.component.name)' has no option '\(name)'"))
      }
    }
    return result
  }

  /// Whether training leaves every parameter of the trunk as it is.
  private static func trunkStays(_ recipe: Recipe, _ model: Model, _ base: Model) throws -> Bool {
    guard !recipe.train.groups.isEmpty, recipe.train.lora == nil else { return false }
    let specs = model.store.entries.map(\.spec)
    let treatments = try ParameterTreatments(specs, heads: model.heads.map(\.name), settings: recipe.train)
    return specs.allSatisfy {
      $0.name.hasPrefix("heads.") || (treatments[$0].isFrozen && base.store.entry($0.name)?.spec.shape == $0.shape)
    }
  }

  private static func base(_ recipe: Recipe, plugins: Plugins, store: Store) throws -> Model {
    switch recipe.model {
    case .stored(let path):
      let model = try Model.open(path.archive(in: store), plugins: plugins)
      try model.requireFloat(to: "trained")
      return model
    case .fresh(let fresh):
      do {
        let choice = try BackboneChoice(architecture: fresh.architecture, options: fresh.options, plugins: plugins)
        return try Model.create(choice, seed: fresh.seed, licence: "Apache-2.0")
      } catch let error as HostError { throw located(error, fresh.options, otherwise: fresh.location) }
    }
  }

  /// Takes what the base has; what is fresh is drawn from the recipe's seed.
  private func fill(from base: Model, fresh: Set<String>) throws {
    let isFresh = { (name: String) in fresh.contains { name.hasPrefix("heads.\($0).") } }
    try model.store.initialize(seed: recipe.train.seed, where: isFresh)
    var reshaped: [String] = []
    for entry in model.store.entries where !isFresh(entry.spec.name) {
      guard let old = base.store.entry(entry.spec.name), old.spec.shape == entry.spec.shape else {
        if let values = try base.resized(entry.spec.name, to: entry.spec.shape, rule: .official) {
          try model.store.set(entry.spec.name, values)
        } else {
          reshaped.append(entry.spec.name)
        }
        continue
      }
      try model.store.set(entry.spec.name, try base.store.values(entry.spec.name))
    }
    for head in model.heads where !fresh.contains(head.name) {
      let own = reshaped.filter { $0.hasPrefix("heads.\(head.name).") }
      guard let first = own.first else { continue }
      throw TrainError.recipe(
        RecipeError(
          at: recipe.head(named: head.name)?.location ?? recipe.tasks[0].headLocation,
          "the model's head '\(head.name)' does not fit: '\(first)' has another shape there",
          hint: "'weights: new' starts it afresh"))
    }
    guard reshaped.isEmpty else {
      throw TrainError.weights(
        file: base.origin.archive?.name ?? recipe.path, missing: [], extra: [], reshaped: reshaped)
    }
    for state in model.store.stateNames where !isFresh(state) {
      if let values = base.store.state(state) { try model.store.setState(state, values) }
    }
  }
}
