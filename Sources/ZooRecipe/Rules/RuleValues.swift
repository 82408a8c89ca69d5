/// What is cut out of a resized training image.
public enum RuleCrop: String, RecipeChoice {
  /// A square anywhere.
  case random
  /// A part of 5 to 100 % of the area and an aspect of 3/4 to 4/3, resized: the Inception crop.
  case inception
  /// Nothing: images are resized to the model's input.
  case none
}

/// What a rule says, before the recipe has its say.
public struct RuleValues: Sendable, Equatable {
  public var steps: Int
  public var batch: Int
  public var rate: Double
  public var momentum: Double
  public var schedule: ScheduleKind
  public var warmup: Int
  /// Of a `step` schedule.
  public var milestones: [Int]
  public var clipNorm: Double?
  /// Of a moving average of the weights.
  public var average: Double?
  /// 0: no mixup.
  public var mixup: Double
  /// The side of the model's input.
  public var input: Int
  /// The side of the square that training images are resized to before the crop.
  public var resize: Int
  public var crop: RuleCrop
  /// The probability of a flip.
  public var flip: Double

  /// The values as a recipe would say them, as far as the written one is silent: what it says wins, and what only makes
  /// sense beside something else than it says is left out. A schedule of another kind, an optimiser of another kind and
  /// an `input` of another size are the recipe's own; sides before the crop then keep their proportion to the input.
  func tree(under written: YAMLNode, facts: RuleFacts, at origin: SourceLocation) -> YAMLNode {
    var entries = [("train", YAMLNode.map(train(under: written["train"])))]
    if facts.areImages {
      entries += images(under: written)
    }
    return YAMLNode.map(entries).located(at: origin)
  }

  private func train(under written: YAMLNode?) -> [(String, YAMLNode)] {
    func says(_ key: String) -> Bool { written?[key].map { !$0.isNull } ?? false }
    var train: [(String, YAMLNode)] = []
    if !says("steps"), !says("epochs") { train.append(("steps", .int(steps))) }
    train.append(("batch", .int(batch)))
    let kind = written?["optimizer"]?["kind"]?.textValue
    if kind == nil || kind == OptimizerKind.sgd.rawValue {
      train.append(
        ("optimizer", .map([("rate", .double(rate)), ("momentum", .double(momentum)), ("weight-decay", .double(0))])))
    }
    let shape = written?["schedule"]?["kind"]?.textValue
    if shape == nil || shape == schedule.rawValue {
      var members: [(String, YAMLNode)] = [("kind", .text(schedule.rawValue)), ("warmup", .int(warmup))]
      let says = written?["schedule"]?["milestone-epochs"].map { !$0.isNull } ?? false
      if schedule == .step, !says { members.append(("milestones", .list(milestones.map(YAMLNode.int)))) }
      train.append(("schedule", .map(members)))
    }
    if let clipNorm { train.append(("clip-norm", .double(clipNorm))) }
    if let average { train.append(("average", .map([("decay", .double(average))]))) }
    if mixup > 0 { train.append(("mixup", .map([("alpha", .double(mixup))]))) }
    return train
  }

  private func images(under written: YAMLNode) -> [(String, YAMLNode)] {
    let side = written["input"].flatMap { input in
      (input["height"]?.intValue ?? input["size"]?.intValue).flatMap { height in
        (input["width"]?.intValue ?? input["size"]?.intValue).map { (height: height, width: $0) }
      }
    }
    let (height, width) = side ?? (input, input)
    func square(_ height: Int, _ width: Int) -> YAMLNode {
      .map(height == width ? [("size", .int(height))] : [("height", .int(height)), ("width", .int(width))])
    }
    func step(_ name: String, _ options: YAMLNode) -> YAMLNode { .map([(name, options)]) }
    func before(_ side: Int) -> Int { (side * resize + input / 2) / input }
    var train: [YAMLNode] = []
    func members(_ node: YAMLNode) -> [(String, YAMLNode)] { (node.entries ?? []).map { ($0.key, $0.value) } }
    switch crop {
    case .none: train.append(step("resize", square(height, width)))
    case .random:
      train.append(step("resize", square(before(height), before(width))))
      train.append(step("crop", .map(members(square(height, width)) + [("position", .text("random"))])))
    case .inception:
      let part: [(String, YAMLNode)] = [
        ("area", .list([.double(0.05), .double(1)])), ("aspect", .list([.double(3.0 / 4), .double(4.0 / 3)])),
      ]
      train.append(step("random-resized-crop", .map(members(square(height, width)) + part)))
    }
    if flip > 0 { train.append(step("flip", .map([("probability", .double(flip))]))) }
    var entries: [(String, YAMLNode)] = []
    // Said in full or not at all: `size` beside a written `height` would be a contradiction.
    if written["input"]?.isNull ?? true { entries.append(("input", square(height, width))) }
    let evaluate = step("resize", square(height, width))
    entries.append(("transform", .map([("train", .list(train)), ("evaluate", .list([evaluate]))])))
    return entries
  }
}

extension YAMLNode {
  /// The same values, all written at one place.
  func located(at place: SourceLocation) -> YAMLNode {
    switch content {
    case .scalar: YAMLNode(content, at: place)
    case .sequence(let items): YAMLNode(.sequence(items.map { $0.located(at: place) }), at: place)
    case .mapping(let entries):
      YAMLNode(
        .mapping(entries.map { YAMLEntry($0.key, $0.value.located(at: place), at: place) }), at: place)
    }
  }
}
