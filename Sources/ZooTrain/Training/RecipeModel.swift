import ZooArchive
import ZooData
import ZooEngine
import ZooHost
import ZooRecipe

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
  /// Heads of the archive that no task uses and that the new model leaves out: they were made for another trunk.
  public let droppedHeads: [String]

  public init(_ recipe: Recipe, plugins: Plugins, store: Store) throws {
    self.recipe = recipe
    let base = try Self.base(recipe, plugins: plugins, store: store)
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
      let train = try TaskData(task.train)
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
      let labels = head.config.labels ?? train.labels(task.train)
      tasks.append(
        Task(
          recipe: task, head: head.name, train: try train.mapped(to: labels, at: task.train.location),
          evaluate: try task.evaluate.map { try TaskData($0).mapped(to: labels, at: $0.location) }))
    }
    config.heads = heads.map(\.config)
    // What was assumed is written down, so that the model is used as it was measured whatever is assumed later.
    if config.preprocessing == nil, tasks.contains(where: { !$0.train.isNormalised }) {
      config.preprocessing = Transform.standardSteps(.evaluate)
    }
    if recipe.input == nil { try Self.followTensors(tasks, base, &config.input) }
    let model = try Model.empty(config, backbone, heads: heads, origin: base.origin)
    (self.model, self.tasks) = (model, tasks)
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

  private static func base(_ recipe: Recipe, plugins: Plugins, store: Store) throws -> Model {
    switch recipe.model {
    case .stored(let path):
      return try Model.open(path.archive(in: store), plugins: plugins)
    case .fresh(let fresh):
      do {
        let choice = try BackboneChoice(architecture: fresh.architecture, options: fresh.options, plugins: plugins)
        return try Model.create(choice, seed: fresh.seed, licence: "Apache-2.0")
      } catch let error as HostError { throw located(error, fresh.options, otherwise: fresh.location) }
    }
  }

  /// The archive's head, where the recipe keeps it or is silent about it.
  private static func kept(_ task: TaskRecipe, _ recipe: Recipe, _ base: Model) throws -> Model.Head? {
    let registration = recipe.head(named: task.head)
    guard registration?.weights != .new else { return nil }
    guard let head = base.head(named: task.head) else {
      let known = base.heads.map(\.name)
      let registered = recipe.heads.map(\.name).filter { $0 != task.head }
      throw TrainError.recipe(
        RecipeError(
          at: registration?.weightsLocation ?? task.headLocation,
          "the model has no head '\(task.head)'"
            + (known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))")
            + (registered.isEmpty ? "" : "; the recipe registers \(registered.joined(separator: ", "))"),
          hint: "register it under 'heads' with 'weights: new' to start it afresh"))
    }
    if let registration, registration.plugin != head.config.plugin {
      throw TrainError.recipe(
        RecipeError(
          at: registration.pluginLocation,
          "the model's head '\(task.head)' is of plugin '\(head.config.plugin)', not '\(registration.plugin)'",
          hint: "use that plugin, or 'weights: new'"))
    }
    return head
  }

  /// An activation that a recipe names must be one that the backbone has.
  private static func checkInput(_ registration: HeadRegistration?, _ base: Model) throws {
    guard let registration, registration.input != RecipeDefaults.headInput else { return }
    let known = try base.graph(.predict).activations.map(\.name)
    guard !known.contains(registration.input) else { return }
    throw TrainError.recipe(
      RecipeError(
        at: registration.inputLocation, "the backbone has no activation '\(registration.input)'",
        hint: (suggestion(for: registration.input, among: known).map { "did you mean '\($0)'? " } ?? "")
          + "it has \(known.joined(separator: ", "))"))
  }

  private static func new(
    _ task: TaskRecipe, _ recipe: Recipe, _ data: TaskData, _ plugins: Plugins
  ) throws -> Model.Head {
    guard let registration = recipe.head(named: task.head) else {
      throw TrainError.recipe(RecipeError(at: task.headLocation, "no head '\(task.head)' is registered"))
    }
    do {
      let component = try plugins.head(registration.plugin)
      let instance = try component.instantiate(options: registration.options.json())
      let declaration = try instance.headDeclaration()
      var inputs = declaration.inputs
      if inputs.count == 1, registration.input != RecipeDefaults.headInput { inputs = [registration.input] }
      let labels: ModelHead.Labels
      switch registration.labels {
      case .names(let names): labels = .names(names)
      case .fromData: labels = data.labels(task.train)
      }
      let config = ModelHead(
        name: task.head, plugin: component.name, version: component.version, inputs: inputs, target: declaration.target,
        labels: labels, options: registration.options)
      return Model.Head(config: config, instance: instance)
    } catch {
      throw located(error, registration.options, otherwise: registration.pluginLocation)
    }
  }

  /// A plugin's complaint about its options, at the option's place in the recipe.
  private static func located(
    _ error: HostError, _ options: PluginOptions, otherwise: SourceLocation
  ) -> any Error {
    guard error.kind == .options else { return TrainError.recipe(RecipeError(at: otherwise, "\(error)")) }
    // The SDK words it `options.hidden.[0]: …`, or `options: unknown key 'x'…`.
    let path = error.detail.prefix { $0 != ":" }.split(separator: ".").map(String.init)
    var place = options.location(ofOption: path)
    if let quoted = error.detail.split(separator: "'").dropFirst().first, error.detail.contains("unknown") {
      place = options.location(ofOption: [String(quoted)], key: true) ?? place
    }
    return TrainError.recipe(RecipeError(at: place ?? otherwise, error.detail))
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
    guard reshaped.isEmpty else {
      throw TrainError.weights(
        file: base.origin.archive?.name ?? recipe.path, missing: [], extra: [], reshaped: reshaped)
    }
    for state in model.store.stateNames where !isFresh(state) {
      if let values = base.store.state(state) { try model.store.setState(state, values) }
    }
  }
}
