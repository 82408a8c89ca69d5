import ZooArchive
import ZooRecipe
import ZooReport
import ZooTrain

/// A schedule's knots with what else a rule decides.
struct ScheduleTraceText {
  private let recipe: Recipe
  private let steps: Int
  private let trace: ScheduleTrace

  /// - Parameter schedule: with knots in steps.
  init(_ recipe: Recipe, _ schedule: ScheduleSettings, steps: Int) {
    (self.recipe, self.steps) = (recipe, steps)
    trace = ScheduleTrace(schedule, rate: recipe.train.optimizer.rate, steps: steps)
  }

  var text: String {
    let train = recipe.train
    var lines: [String] = []
    if let rule = train.rule, let facts = recipe.facts {
      lines.append("rule    \(ruleText(rule, facts))")
    }
    lines.append("steps   \(grouped(steps)) of \(grouped(train.batch))")
    lines.append("images  \(transformText(recipe))")
    lines.append("mixup   \(mixupText(train.mixup))")
    if let cutmix = train.cutmix { lines.append("cutmix  \(cutmixText(cutmix))") }
    lines.append("")
    lines.append("\(padded("step", 9, right: true))  rate")
    for line in trace.lines {
      let rate = significant(line.rate)
      lines.append(
        "\(padded(grouped(line.step), 9, right: true))  " + (line.note.isEmpty ? rate : padded(rate, 12) + line.note))
    }
    return lines.map { $0 + "\n" }.joined()
  }

  var json: JSONValue {
    let train = recipe.train
    let knots = trace.lines.map {
      ["step": .int(Int64($0.step)), "rate": .double($0.rate), "note": .string($0.note)] as JSONValue
    }
    return [
      "rule": train.rule.map { .string($0.name.rawValue) } ?? .null,
      "examples": recipe.facts.map { .int(Int64($0.examples)) } ?? .null, "steps": .int(Int64(steps)),
      "batch": .int(Int64(train.batch)), "images": .string(transformText(recipe)),
      "mixup": .double(train.mixup?.alpha ?? 0), "cutmix": .double(train.cutmix?.alpha ?? 0), "knots": .array(knots),
    ]
  }
}

func ruleText(_ rule: TrainingRule, _ facts: RuleFacts) -> String {
  "\(rule.name.rawValue): \(grouped(facts.examples)) examples "
    + (facts.areImages ? "of \(facts.size.height) x \(facts.size.width) pixels" : "that are tensors")
    + ", so \(DataScale(examples: facts.examples).rawValue)"
}

func mixupText(_ mixup: MixupSettings?) -> String {
  guard let mixup, mixup.alpha > 0 else { return "none" }
  return "alpha \(mixup.alpha), within the \(mixup.within == .batch ? "batch" : "micro-batch")"
}

func cutmixText(_ cutmix: CutMixSettings) -> String { cutmix.alpha > 0 ? "alpha \(cutmix.alpha)" : "none" }

/// `resize 160, crop 128 random, flip 0.5` as the recipe or its rule says it.
func transformText(_ recipe: Recipe) -> String {
  guard let steps = recipe.resolved["transform"]?["train"]?.items else { return "resize, flip (the default)" }
  return steps.map { step in
    guard let entry = step.entries?.first else { return step.textValue ?? "" }
    let values = (entry.value.entries ?? []).map { scalarWord($0.value) }.filter { !$0.isEmpty }
    return ([entry.key] + values).joined(separator: " ")
  }.joined(separator: ", ")
}

private func scalarWord(_ node: YAMLNode) -> String {
  node.textValue ?? node.intValue.map(String.init) ?? node.doubleValue.map { "\($0)" } ?? ""
}

/// A rate with at most six significant digits and no zeros behind them.
func significant(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "\(value == 0 ? "0" : "\(value)")" }
  var scale = 1.0
  var digits = 0
  while abs(value) * scale < 100_000, digits < 15 {
    scale *= 10
    digits += 1
  }
  var text = fixed(value, digits)
  if text.contains(".") {
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
  }
  return text
}
