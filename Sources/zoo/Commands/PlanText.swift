import ZooRecipe
import ZooReport
import ZooTrain

/// A plan as people read it.
func planText(_ plan: TrainingPlan) -> String {
  planSections(plan) + "\nvalues and their origins\n"
    + plan.recipe.textWithOrigins.split(separator: "\n").map { "  " + $0 + "\n" }.joined()
}

/// The same without the recipe's values.
func planSections(_ plan: TrainingPlan) -> String {
  let sections: [(String, [String])] = [
    ("model", modelLines(plan)), ("rule", ruleLines(plan)), ("data", plan.data.flatMap(dataLines)),
    ("steps", stepLines(plan)), ("trunk", featureLines(plan)), ("groups", groupLines(plan)), ("memory", memoryLines(plan.memory)),
    ("time", timeLines(plan)), ("writes", plan.files.map { $0.path + ($0.bytes.map { " (\(bytesText($0)))" } ?? "") }),
  ]
  var text = ""
  for (name, lines) in sections {
    for (index, line) in lines.enumerated() { text += padded(index == 0 ? name : "", 8) + line + "\n" }
  }
  return text
}

private func modelLines(_ plan: TrainingPlan) -> [String] {
  let name =
    switch plan.recipe.model {
    case .stored(let path): path.text
    case .fresh(let fresh): fresh.architecture + " with random weights"
    }
  let size = "\(plan.input.height) x \(plan.input.width)"
  return ["\(name): \(grouped(plan.parameterCount)) parameters, images of \(size) pixels"]
    + plan.droppedHeads.map { "its head '\($0)' is not used and not kept" }
}

private func ruleLines(_ plan: TrainingPlan) -> [String] {
  guard let rule = plan.recipe.train.rule, let facts = plan.recipe.facts else { return [] }
  return [ruleText(rule, facts)]
}

private func dataLines(_ data: PlannedData) -> [String] {
  var first = "\(data.task), \(data.use): \(grouped(data.examples)) examples in \(data.origin)"
  if let sizes = data.sizes {
    let (low, middle, high) = (sizeText(sizes.smallest), sizeText(sizes.median), sizeText(sizes.largest))
    first += low == high ? ", all \(low)" : ", \(low) to \(high), median \(middle)"
  }
  var lines = [first]
  if !data.classes.isEmpty {
    let shown = data.classes.prefix(12).map { "\($0.name) \(grouped($0.examples))" }.joined(separator: ", ")
    lines.append("  \(data.classes.count) classes: \(shown)" + (data.classes.count > 12 ? ", …" : ""))
  }
  if !data.unreadable.isEmpty {
    lines.append("  \(grouped(data.unreadable.count)) unreadable:")
    lines += data.unreadable.prefix(3).map { "    \($0)" } + (data.unreadable.count > 3 ? ["    …"] : [])
  }
  return lines
}

private func sizeText(_ size: ImageSize) -> String { "\(size.height) x \(size.width)" }

private func stepLines(_ plan: TrainingPlan) -> [String] {
  let train = plan.recipe.train
  let pieces = plan.microBatch < plan.batch ? " in micro-batches of \(grouped(plan.microBatch))" : ""
  var schedule =
    "\(train.optimizer.kind.rawValue), rate \(significant(train.optimizer.rate)), \(plan.schedule.kind.rawValue)"
  if plan.schedule.kind == .step {
    let knots = plan.schedule.milestones.map(grouped).joined(separator: " ")
    schedule += " (times \(significant(plan.schedule.factor)) after \(knots))"
  }
  if plan.schedule.warmup > 0 { schedule += ", warm-up of \(grouped(plan.schedule.warmup))" }
  if let clip = train.clipNorm { schedule += ", gradients clipped to \(significant(clip))" }
  var lines = [
    "\(grouped(plan.steps)) of \(grouped(plan.batch))\(pieces): \(grouped(plan.images)) images, "
      + "\(fixed(plan.epochs, 1)) epochs of the largest set",
    schedule, "images: \(transformText(plan.recipe))", "mixup: \(mixupText(train.mixup))",
  ]
  if let cutmix = train.cutmix { lines.append("cutmix: \(cutmixText(cutmix))") }
  if let average = train.average {
    let use = average.use == .average ? "evaluated and written" : "in checkpoints alone"
    lines.append("average of the weights: decay \(significant(average.decay)), \(use)")
  }
  let dropped = [("dropout", train.dropout), ("drop-path", train.dropPath)].compactMap { name, rate in
    rate.map { "\(name) \(significant($0))" }
  }
  if !dropped.isEmpty { lines.append(dropped.joined(separator: ", ")) }
  lines.append(
    "evaluated " + (train.evaluateEvery.map { "every \(grouped($0)) and at the end" } ?? "at the end")
      + ", checkpoints every \(grouped(train.checkpointEvery))")
  if plan.schedule.warmup >= plan.steps { lines.append("the warm-up is not over after the last step") }
  if plan.schedule.kind == .step, plan.schedule.milestones.contains(where: { $0 >= plan.steps }) {
    lines.append("not all milestones are before the last step")
  }
  return lines
}

private func featureLines(_ plan: TrainingPlan) -> [String] {
  switch plan.features?.use {
  case nil: return []
  case .notKept(let reason): return ["computes every image in every step: \(reason)"]
  case .kept(let activations, let bytes, let inFile, let seconds):
    let place = inFile ? "in a file in the run's folder" : "in memory"
    return [
      "frozen: computes \(grouped(plan.features?.images ?? 0)) images once\(seconds.map { ", in about \(durationText($0))" } ?? ""); "
        + "\(activations.joined(separator: ", ")) kept \(place) (\(bytesText(bytes)))"
    ]
  }
}

private func groupLines(_ plan: TrainingPlan) -> [String] {
  let rows = plan.groups.map { group in
    (
      names: group.names.count == 1 ? group.names[0] : "\(group.names[0]) and \(group.names.count - 1) more",
      count: grouped(group.count), rate: group.treatment.isFrozen ? "" : "×\(significant(group.treatment.rate))",
      decay: group.treatment.isFrozen ? "" : significant(group.treatment.decay),
      frozen: group.treatment.isFrozen ? "frozen" : ""
    )
  }
  let width = max(10, rows.map(\.names.count).max() ?? 0)
  let lines = rows.map {
    "\(padded($0.names, width))  \(padded($0.count, 13, right: true))  \(padded($0.rate, 9))  \(padded($0.decay, 9))  \($0.frozen)"
  }
  let head =
    "\(padded("parameters", width))  \(padded("values", 13, right: true))  \(padded("rate", 9))  \(padded("decay", 9))"
  return ([head] + lines).map { String($0.reversed().drop { $0 == " " }.reversed()) }
}

private func memoryLines(_ memory: PlannedMemory) -> [String] {
  let parts = [
    ("parameters", memory.parameters), ("gradients", memory.gradients), ("optimiser", memory.optimizer),
    ("average", memory.average), ("activations", memory.activations), ("packed weights", memory.persistent),
    ("batches", memory.batches), ("features", memory.features),
  ].filter { $0.1 > 0 }.map { "\($0.0) \(bytesText($0.1))" }
  return [
    "about \(bytesText(memory.total)): " + parts.joined(separator: ", ")
      + (memory.isCompiled ? "" : " (activations in proportion to a smaller batch)")
  ]
}

private func timeLines(_ plan: TrainingPlan) -> [String] {
  guard let time = plan.time else { return [] }
  let each = time.secondsPerStep
  return [
    "about \(durationText(each)) a step, \(durationText(each * Double(plan.steps))) in all: an estimate from "
      + "\(time.images) blank images, without reading data and evaluations",
    "\(fixed(time.flops / 1e9, 1)) GFLOP a step",
  ]
}

/// `0.35 s`, `4.2 min`, `3.1 h`.
func durationText(_ seconds: Double) -> String {
  switch seconds {
  case ..<0.1: "\(fixed(seconds * 1e3, 1)) ms"
  case ..<100: "\(fixed(seconds, seconds < 10 ? 2 : 0)) s"
  case ..<6000: "\(fixed(seconds / 60, 1)) min"
  default: "\(fixed(seconds / 3600, 1)) h"
  }
}
