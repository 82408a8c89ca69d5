import ZooData
import ZooHost
import ZooRecipe

// Where a recipe's heads come from: the model's archive, or their plugins.
extension PreparedRecipe {
  /// The archive's head, where the recipe keeps it or is silent about it.
  static func kept(_ task: TaskRecipe, _ recipe: Recipe, _ base: Model) throws -> Model.Head? {
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
    if let registration { try checkKept(registration, head, recipe) }
    return head
  }

  /// A kept head is as it was: what a recipe says of it otherwise would be lost.
  private static func checkKept(_ registration: HeadRegistration, _ head: Model.Head, _ recipe: Recipe) throws {
    func place(_ key: String) -> SourceLocation {
      recipe.location(of: "heads.\(head.name).\(key)") ?? registration.location
    }
    if case .names(let names) = registration.labels, .names(names) != head.config.labels {
      throw TrainError.recipe(
        RecipeError(
          at: place("labels"), "the model's head '\(head.name)' has other labels (\(head.labelText))",
          hint: "leave them out, or start the head afresh with 'weights: new'"))
    }
    if !registration.options.isEmpty, registration.options.json() != head.config.options.json() {
      throw TrainError.recipe(
        RecipeError(
          at: place("options"),
          "the model's head '\(head.name)' has the options \(head.config.options.json())",
          hint: "leave them out, or start the head afresh with 'weights: new'"))
    }
    if registration.input != RecipeDefaults.headInput, head.config.inputs != [registration.input] {
      throw TrainError.recipe(
        RecipeError(
          at: registration.inputLocation,
          "the model's head '\(head.name)' reads \(head.config.inputs.joined(separator: ", "))",
          hint: "leave it out, or start the head afresh with 'weights: new'"))
    }
  }

  /// Heads of the archive that no task uses: they go along as they are where training leaves the trunk as it is.
  ///
  /// - Throws: at its registration, a head to be kept on a trunk that changes under it.
  static func carried(
    _ recipe: Recipe, _ base: Model, used: Set<String>, trunkStays: () throws -> Bool
  ) throws -> [Model.Head] {
    let unused = Set(base.heads.map(\.name)).subtracting(used)
    let stays = unused.isEmpty ? false : try trunkStays()
    for registration in recipe.heads where registration.weights == .keep && !used.contains(registration.name) {
      guard base.head(named: registration.name) != nil else {
        throw TrainError.recipe(
          RecipeError(
            at: registration.weightsLocation, "the model has no head '\(registration.name)'",
            hint: base.heads.isEmpty ? "it has none" : "it has \(base.heads.map(\.name).joined(separator: ", "))"))
      }
      guard stays else {
        throw TrainError.recipe(
          RecipeError(
            at: registration.weightsLocation,
            "no task trains the head '\(registration.name)', and it would not fit the trunk that comes out",
            hint: "give it a task, freeze the trunk, or leave it out"))
      }
    }
    // One that is registered afresh without a task is not there.
    let replaced = Set(recipe.heads.filter { $0.weights == .new }.map(\.name))
    return stays ? base.heads.filter { !used.contains($0.name) && !replaced.contains($0.name) } : []
  }

  /// What the head of a task learns from; nil where there is no such head or plugin, which is told with its place later.
  static func target(
    of task: TaskRecipe, _ recipe: Recipe, _ base: Model, _ plugins: Plugins
  ) throws -> String? {
    guard let registration = recipe.head(named: task.head), registration.weights == .new else {
      return base.head(named: task.head)?.config.target
    }
    let instance = try? plugins.head(registration.plugin).instantiate(options: registration.options.json())
    return try instance?.headDeclaration().target
  }

  /// A head learns from what the data's column holds; a class may also be a yes to one of several labels.
  static func checkKind(_ data: TaskData, _ target: String, _ task: TaskRecipe) throws {
    let column = data.dataset.columns[0]
    let wanted: [LabelColumn.Kind]
    switch target {
    case "class": wanted = [.classes]
    case "multi-label": wanted = [.multiLabel, .classes]
    // Numbers, also for a kind that the head named itself.
    default: wanted = [.vector]
    }
    guard !wanted.contains(column.kind) else { return }
    throw TrainError.recipe(
      RecipeError(
        at: task.train.location,
        "the head '\(task.head)' learns from \(wanted[0].words), but the column '\(column.name)' holds \(column.kind.words)"
      ))
  }

  /// An activation that a recipe names must be one that the backbone has.
  static func checkInput(_ registration: HeadRegistration?, _ base: Model) throws {
    guard let registration, registration.input != RecipeDefaults.headInput else { return }
    let known = try base.graph(.predict).activations.map(\.name)
    guard !known.contains(registration.input) else { return }
    throw TrainError.recipe(
      RecipeError(
        at: registration.inputLocation, "the backbone has no activation '\(registration.input)'",
        hint: (suggestion(for: registration.input, among: known).map { "did you mean '\($0)'? " } ?? "")
          + "it has \(known.joined(separator: ", "))"))
  }

  static func new(
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
  static func located(
    _ error: HostError, _ options: PluginOptions, otherwise: SourceLocation
  ) -> any Error {
    guard error.kind == .options else { return TrainError.recipe(RecipeError(at: otherwise, "\(error)")) }
    // The SDK words it `options.hidden.[0]: …`, or `options: unknown key 'x'…`.
    let path = error.detail.prefix { $0 != ":" }.split(separator: ".").map(String.init)
    var place = options.location(ofOption: path)
    if let quoted = error.detail.split(separator: "'").dropFirst().first, error.detail.contains("unknown") {
      place = options.location(ofOption: path + [String(quoted)], key: true) ?? place
    }
    return TrainError.recipe(RecipeError(at: place ?? otherwise, error.detail))
  }
}

extension LabelColumn.Kind {
  fileprivate var words: String {
    switch self {
    case .classes: "classes"
    case .multiLabel: "several labels"
    case .vector: "numbers"
    }
  }
}

extension Model.Head {
  /// The same to be bound to another trunk: the one that comes out of training.
  var unbound: Model.Head {
    var config = config
    config.trunk = nil
    return Model.Head(config: config, instance: instance)
  }

  /// Names of its labels, or how many there are.
  fileprivate var labelText: String {
    switch config.labels {
    case .names(let names)?: names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    case .count(let count)?: "\(count) without names"
    case nil: "none"
    }
  }
}
