import ZooArchive
import ZooData
import ZooEngine

/// What a run's bits depend on beside its step: a resumed run must have the same.
struct RunConditions {
  /// Facts with words for people, in the order in which they are compared.
  let facts: [(name: String, value: String)]
  /// The resolved recipe.
  let recipe: String

  init(_ prepared: PreparedRecipe, engine: Engine) {
    var facts = [
      ("zoo", zooVersion), ("engine", engine.version), 
      // Where no bit depends on it, another number may go on.
      ("number of threads", engine.isDeterministic ? "any" : String(engine.threads)),
      ("instruction set", engine.processor.kernels), ("processor", engine.processor.name),
      ("precision", engine.precision.rawValue),
    ]
    facts.append(("model", prepared.model.origin.archive?.digest ?? "random"))
    for head in prepared.model.heads { facts.append(("plugin of head '\(head.name)'", head.config.version)) }
    facts.append(("backbone's plugin", prepared.model.backbone.component.version))
    for task in prepared.tasks {
      facts.append(("training data of task '\(task.recipe.name)'", fingerprint(task.train.dataset)))
    }
    self.facts = facts.map { (name: $0.0, value: $0.1) }
    recipe = prepared.recipe.resolvedText(origins: false)
  }

  // MARK: JSON

  init?(_ json: JSONValue?) {
    guard case .object(let members)? = json?["facts"], let recipe = json?["recipe"]?.string else { return nil }
    facts = members.members.map { (name: $0.key, value: $0.value.string ?? "") }
    self.recipe = recipe
  }

  var json: JSONValue {
    [
      "facts": .object(JSONObject(facts.map { (key: $0.name, value: .string($0.value)) })),
      "recipe": .string(recipe),
    ]
  }

  // MARK: comparing

  /// The first thing in which a run that was begun under `self` would differ now; nil where it would not.
  func difference(from now: RunConditions) -> String? {
    for fact in now.facts {
      let before = facts.first { $0.name == fact.name }?.value
      guard before != fact.value else { continue }
      guard let before, max(before.count, fact.value.count) < 64 else { return "the \(fact.name) is another" }
      return "the \(fact.name) was \(before) and is \(fact.value)"
    }
    if let gone = facts.first(where: { old in !now.facts.contains { $0.name == old.name } }) {
      return "the \(gone.name) is gone"
    }
    return recipe == now.recipe ? nil : recipeDifference(from: now.recipe)
  }

  /// The first line that differs, with the keys that lead to it.
  private func recipeDifference(from now: String) -> String {
    let (old, new) = (recipe.split(separator: "\n"), now.split(separator: "\n"))
    let at = zip(old, new).prefix { $0 == $1 }.count
    func line(_ lines: [Substring]) -> String? {
      guard lines.indices.contains(at) else { return nil }
      var (path, indent) = ([lines[at].trimmingPrefix { $0 == " " }], lines[at].prefix { $0 == " " }.count)
      for above in lines[..<at].reversed() where above.prefix(while: { $0 == " " }).count < indent {
        indent = above.prefix { $0 == " " }.count
        path.insert(above.trimmingPrefix { $0 == " " }.prefix { $0 != ":" }, at: 0)
      }
      return path.joined(separator: ".")
    }
    switch (line(old), line(new)) {
    case (let before?, let after?): return "the recipe said '\(before)' and says '\(after)'"
    case (let before?, nil): return "the recipe said '\(before)' and no longer does"
    case (nil, let after?): return "the recipe now says '\(after)'"
    case (nil, nil): return "the recipe is another"
    }
  }
}

/// A digest of the names and labels of all examples and of the values of a few, spread evenly.
private func fingerprint(_ dataset: any Dataset) -> String {
  var bytes: [UInt8] = []
  func add(_ text: String) { bytes += Array(text.utf8) + [0] }
  func add(_ value: LabelValue) {
    switch value {
    case .missing: bytes.append(0)
    case .class(let label): withUnsafeBytes(of: label) { bytes += [1] + $0 }
    case .labels(let labels):
      for item in labels { withUnsafeBytes(of: item) { bytes += [2] + $0 } }
    case .vector(let values): values.withUnsafeBytes { bytes += [3] + $0 }
    }
  }
  for name in dataset.classes { add(name) }
  for index in 0..<dataset.count {
    add(dataset.name(at: index))
    withUnsafeBytes(of: dataset.weight(at: index).bitPattern) { bytes += $0 }
    for column in dataset.columns.indices { add(dataset.value(at: index, column: column)) }
  }
  let samples = min(16, dataset.count)
  for sample in 0..<samples {
    // An image that does not decode is the loader's to judge.
    switch try? dataset.example(at: sample * dataset.count / samples) {
    case .image(let image)?: bytes += image.pixels
    case .tensor(let values, _, _, _)?: values.withUnsafeBytes { bytes += $0 }
    case .missing?, nil: bytes.append(0)
    }
    bytes = Array(Digest.sha256(bytes).utf8)
  }
  return Digest.sha256(bytes)
}
