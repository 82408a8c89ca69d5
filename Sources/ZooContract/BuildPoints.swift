import Glibc
import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost

extension Point {
  static let buildPoints = [names, shapes, twice, phases, apart]

  static let names = Point(name: "names") { subject, surroundings, _ in
    let trial = try subject.trial(surroundings).trial
    guard !subject.component.summary.contains(where: \.isNewline) else { throw Broken("its summary has several lines") }
    guard !subject.component.version.isEmpty else { throw Broken("it has no version") }
    return "\(trial.outputs.count) outputs, \(trial.store.entries.count) parameters, \(trial.states.count) states"
  }

  static let shapes = Point(name: "shapes") { subject, surroundings, engines in
    var tried = 0
    let cases: [(classes: Int, width: Int)] =
      subject.component.kind == .head ? [(2, 8), (3, 33), (10, 64)] : [(surroundings.classes, surroundings.width)]
    for (classes, width) in cases {
      var changed = surroundings
      (changed.classes, changed.width) = (classes, width)
      let (trial, task) = try subject.trial(changed)
      for count in [1, 2, 5] {
        let result = try trial.run(task.batch(count, number: 0), engine: engines.one)
        for output in trial.outputs {
          let (values, shape) = result.outputs["output " + output.name] ?? ([], [])
          guard shape.first == count else {
            throw Broken("'\(output.name)' is \(shape) for \(count) examples (\(changed))")
          }
          guard values.allSatisfy(\.isFinite) else {
            throw Broken("'\(output.name)' is not finite for \(count) examples (\(changed))")
          }
        }
        guard result.loss.isFinite else { throw Broken("the loss is not finite (\(changed))") }
        tried += 1
      }
    }
    return "\(tried) of batches 1, 2, 5"
      + (subject.component.kind == .head ? ", classes 2, 3, 10, widths 8, 33, 64" : "")
  }

  static let twice = Point(name: "built twice") { subject, surroundings, _ in
    let instance = try subject.instance()
    let first = try subject.trial(surroundings, instance: instance).trial.signature
    let second = try subject.trial(surroundings, instance: instance).trial.signature
    guard first == second else { throw Broken("the same instance builds another graph the second time") }
    let other = try subject.trial(surroundings).trial.signature
    guard first == other else { throw Broken("a second instance with the same options builds another graph") }
    return "the same graph from one instance twice, and from another"
  }

  /// What is trained is what is saved and used: parameters and states do not depend on the phase; archives hold them
  /// byte by byte.
  static let phases = Point(name: "save and load") { subject, surroundings, engines in
    let (trained, task) = try subject.trial(surroundings)
    try trained.disturb(seed: 2)
    _ = try trained.run(task.batch(4, number: 1), engine: engines.one, updating: true)
    let path = "\(temporaryFolder())/zoo-contract-\(getpid()).safetensors"
    defer { unlink(path) }
    var sources = try trained.store.entries.map {
      TensorSource(name: $0.spec.name, floats: try trained.store.values($0.spec.name), shape: $0.spec.shape)
    }
    for name in trained.store.stateNames {
      let values = trained.store.state(name) ?? []
      sources.append(TensorSource(name: name, floats: values, shape: [values.count]))
    }
    try SafetensorsWriter.write(sources, to: path)
    let file = try SafetensorsFile(path: path)

    let used = try subject.trial(surroundings, phase: .predict).trial
    let (trainedNames, usedNames) = (trained.store.entries.map(\.spec.name), used.store.entries.map(\.spec.name))
    guard Set(trainedNames) == Set(usedNames) else {
      let odd = Set(trainedNames).symmetricDifference(usedNames).sorted()
      throw Broken("the parameters \(odd.joined(separator: ", ")) exist in one phase and not in another")
    }
    guard trained.store.stateNames == used.store.stateNames else {
      throw Broken("the states \(trained.store.stateNames) of training are \(used.store.stateNames) in prediction")
    }
    for name in usedNames { try used.store.set(name, file.floats(name)) }
    for name in used.store.stateNames { try used.store.setState(name, file.floats(name)) }
    let again = try subject.trial(surroundings, phase: .predict, store: used.store).trial
    let direct = try subject.trial(surroundings, phase: .predict, store: trained.store).trial
    let batch = task.batch(4, number: 2)
    let (a, b) = (try direct.run(batch, engine: engines.one), try again.run(batch, engine: engines.one))
    guard a.numbers.map(\.bitPattern) == b.numbers.map(\.bitPattern) else {
      throw Broken("outputs differ after its parameters were saved and loaded")
    }
    return "\(sources.count) arrays, outputs byte-equal afterwards"
  }

  static let apart = Point(name: "examples apart") { subject, surroundings, engines in
    if subject.component.kind == .head, try subject.instance().headDeclaration().couplesExamples {
      throw NotApplicable("it says that its loss couples examples")
    }
    let (trial, task) = try subject.trial(surroundings)
    try trial.disturb(seed: 3)
    let batch = task.batch(4, number: 3)
    let (together, other) = (try trial.run(batch, engine: engines.one), task.batch(4, number: 4))
    var mixed = other
    for (name, values) in batch.floats {
      let each = values.count / 4
      mixed.floats[name]?.replaceSubrange(0..<each, with: values[0..<each])
    }
    for (name, values) in batch.integers { mixed.integers[name]?[0] = values[0] }
    let apart = try trial.run(mixed, engine: engines.one)
    for name in trial.outputs.map({ "output " + $0.name }) + trial.losses.map(\.name) {
      guard let first = together.outputs[name], let second = apart.outputs[name] else { continue }
      let each = first.values.count / 4
      let gap = difference(Array(first.values.prefix(each)), Array(second.values.prefix(each)))
      guard gap < 1e-4 else {
        throw Broken("'\(name)' of an example changes by \(percent(gap)) with the others of its batch")
      }
    }
    return "an example's outputs and loss do not depend on its batch"
  }

  private static func temporaryFolder() -> String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }
}
