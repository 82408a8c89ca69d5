import ZooArchive
import ZooRecipe
import ZooTrain

/// A plan for scripts.
func planJSON(_ plan: TrainingPlan) -> JSONValue {
  func count(_ value: Int) -> JSONValue { .int(Int64(value)) }
  let data = plan.data.map { data -> JSONValue in
    [
      "task": .string(data.task), "use": .string(data.use), "origin": .string(data.origin),
      "examples": count(data.examples),
      "classes": .array(data.classes.map { ["name": .string($0.name), "examples": count($0.examples)] }),
      "unreadable": .array(data.unreadable.map(JSONValue.string)),
    ]
  }
  let groups = plan.groups.map { group -> JSONValue in
    [
      "parameters": .array(group.names.map(JSONValue.string)), "values": count(group.count),
      "rate": .double(group.treatment.rate), "decay": .double(group.treatment.decay),
      "frozen": .bool(group.treatment.isFrozen),
    ]
  }
  let memory = plan.memory
  return [
    "name": .string(plan.recipe.name), "parameters": count(plan.parameterCount),
    "input": ["height": count(plan.input.height), "width": count(plan.input.width)],
    "rule": plan.recipe.train.rule.map { .string($0.name.rawValue) } ?? .null, "data": .array(data),
    "steps": count(plan.steps), "batch": count(plan.batch), "micro_batch": count(plan.microBatch),
    "images": count(plan.images), "epochs": .double(plan.epochs), "groups": .array(groups),
    "features": featuresJSON(plan.features), "memory_bytes": [
      "parameters": count(memory.parameters), "gradients": count(memory.gradients),
      "optimizer": count(memory.optimizer), "average": count(memory.average),
      "activations": count(memory.activations), "packed_weights": count(memory.persistent),
      "batches": count(memory.batches), "features": count(memory.features), "total": count(memory.total),
    ],
    "time": plan.time.map { time in
      [
        "flops_per_step": .double(time.flops), "seconds_per_step": .double(time.secondsPerStep),
        "estimated_from_images": count(time.images),
      ]
    } ?? .null,
    "writes": .array(plan.files.map { .string($0.path) }),
    "values": .array(origins(plan.recipe.tree(withDefaults: true), at: "")),
  ]
}

private func featuresJSON(_ planned: PlannedFeatures?) -> JSONValue {
  switch planned?.use {
  case nil: .null
  case .notKept(let reason): ["kept": .bool(false), "reason": .string(reason)]
  case .kept(let activations, let bytes, let inFile, let seconds):
    [
      "kept": .bool(true), "activations": .array(activations.map(JSONValue.string)), "bytes": .int(Int64(bytes)),
      "in_file": .bool(inFile), "seconds": seconds.map(JSONValue.double) ?? .null,
    ]
  }
}

/// Every value with its path and origin.
private func origins(_ node: YAMLNode, at path: String) -> [JSONValue] {
  if let entries = node.entries, !entries.isEmpty {
    return entries.flatMap { origins($0.value, at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }
  if let items = node.items, items.contains(where: { $0.entries != nil }) {
    return items.enumerated().flatMap { origins($0.element, at: "\(path)[\($0.offset)]") }
  }
  let text = yamlText(of: node).split(separator: "\n").joined(separator: " ")
  return [["path": .string(path), "value": .string(text), "origin": .string("\(node.location)")]]
}
