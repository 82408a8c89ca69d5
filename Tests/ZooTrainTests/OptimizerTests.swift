import Glibc
import Testing
import ZooEngine
import ZooGraph
import ZooRecipe
import ZooTrain

@Suite("Optimisers, step by step")
struct OptimizerTests {
  /// Neighbours that decay and that do not, of sizes that leave gaps in the block.
  private let specs = [
    ParameterSpec(name: "weight", shape: [5, 7], initializer: .zeros),
    ParameterSpec(name: "bias", shape: [3], initializer: .zeros, decays: false),
    ParameterSpec(name: "scale", shape: [17], initializer: .zeros, decays: false),
    ParameterSpec(name: "last", shape: [2, 16], initializer: .zeros),
  ]

  @Test(
    arguments: [
      OptimizerSettings(rate: 0.1, momentum: 0),
      OptimizerSettings(rate: 0.1, momentum: 0.9),
      OptimizerSettings(rate: 0.1, momentum: 0.9, nesterov: true),
      OptimizerSettings(rate: 0.1, momentum: 0.9, weightDecay: 0.05),
      OptimizerSettings(rate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.05),
      OptimizerSettings(rate: 0.1, momentum: 0.9, weightDecay: 0.05, decoupled: true),
      OptimizerSettings(kind: .adamw, rate: 0.1),
      OptimizerSettings(kind: .adamw, rate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.05),
    ], [nil, 0.5, 1e6])
  func fourStepsByHand(_ settings: OptimizerSettings, _ clipNorm: Double?) throws {
    let store = try ParameterStore(parameters: specs)
    let gradients = try ParameterBlock(like: store)
    let optimizer = try Optimizer(settings, store: store, layout: gradients, engine: Engine(threads: 1))
    var reference = try store.entries.enumerated().map { index, entry in
      let values = noise(entry.count, seed: index + 1)
      try store.set(entry.spec.name, values)
      return Plain(values: values.map(Double.init), decays: entry.spec.decays)
    }
    for step in 0..<4 {
      let rate = settings.rate / Double(step + 1)
      let parts = store.entries.map { noise($0.count, seed: 100 * step + $0.count) }
      fill(gradients, store, parts)
      let norm = parts.joined().reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let told = optimizer.step(gradients, rate: rate, clipNorm: clipNorm)
      #expect(abs(told - norm) < 1e-4 * norm)
      let scale = clipNorm.map { min(1, $0 / norm) } ?? 1
      for index in reference.indices { reference[index].step(parts[index], scale, rate, settings) }
    }
    for (entry, plain) in zip(store.entries, reference) {
      let got = try store.values(entry.spec.name)
      for (got, want) in zip(got, plain.values) { #expect(abs(Double(got) - want) < 1e-5) }
    }
  }

  @Test func noGradientAtAllIsNoDivision() throws {
    let store = try ParameterStore(parameters: specs)
    try store.set("bias", [1, 2, 3])
    let gradients = try ParameterBlock(like: store)
    let optimizer = try Optimizer(OptimizerSettings(), store: store, layout: gradients, engine: Engine(threads: 1))
    #expect(optimizer.step(gradients, rate: 0.1, clipNorm: 1) == 0)
    #expect(try store.values("bias") == [1, 2, 3])
  }

  /// What does not learn keeps its value and takes no room beside those that do.
  @Test func aBlockOfSomeParameters() throws {
    let store = try ParameterStore(parameters: specs)
    for entry in store.entries { try store.set(entry.spec.name, Array(repeating: 1, count: entry.count)) }
    let gradients = try ParameterBlock(like: store) { $0.name == "scale" || $0.name == "last" }
    #expect(gradients.span == 32 + 32)
    fill(gradients, store, store.entries.map { Array(repeating: 1, count: $0.count) })
    let optimizer = try Optimizer(
      OptimizerSettings(rate: 0.5, momentum: 0), store: store, layout: gradients, engine: Engine(threads: 1)
    ) { ParameterTreatment(rate: $0.name == "last" ? 0.5 : 1) }
    #expect(abs(optimizer.step(gradients, rate: 0.5, clipNorm: nil) - 7) < 1e-6)
    for (name, value) in [("weight", Float(1)), ("bias", 1), ("scale", 0.5), ("last", 0.75)] {
      #expect(try store.values(name).allSatisfy { $0 == value }, "\(name)")
    }
  }

  /// Beginning with the weights after the first step; exchanging twice changes nothing.
  @Test(arguments: [false, true]) func movingAverage(_ warmup: Bool) throws {
    let store = try ParameterStore(parameters: specs)
    let average = try WeightAverage(
      AverageSettings(decay: 0.9, warmup: warmup), store: store, layout: ParameterBlock(like: store),
      engine: Engine(threads: 1))
    var want = 0.0
    for (index, value) in [2.0, 4.0, -1.0, 8.0].enumerated() {
      try store.set("scale", Array(repeating: Float(value), count: 17))
      average.update()
      let decay = warmup ? min(0.9, Double(1 + index) / Double(10 + index)) : 0.9
      want = index == 0 ? value : decay * want + (1 - decay) * value
    }
    average.exchange()
    #expect(try store.values("scale").allSatisfy { abs(Double($0) - want) < 1e-5 })
    average.exchange()
    #expect(try store.values("scale").allSatisfy { $0 == 8 })
  }

  private func fill(_ block: ParameterBlock, _ store: ParameterStore, _ parts: [[Float]]) {
    for (entry, values) in zip(store.entries, parts) {
      _ = block.withBytes(of: entry) { bytes in values.withUnsafeBytes { bytes.copyMemory(from: $0) } }
    }
  }
}

/// The update rule in double precision, one value at a time. SGD: g + λw, v = μv + g, w -= η·v, or η·(g + μv).
/// AdamW: both moments, each divided by what it lacks after so many steps.
private struct Plain {
  var values: [Double]
  let decays: Bool
  private var momentum: [Double]
  private var squares: [Double]
  private var count = 0

  init(values: [Double], decays: Bool) {
    (self.values, self.decays) = (values, decays)
    momentum = Array(repeating: 0, count: values.count)
    squares = momentum
  }

  mutating func step(_ gradient: [Float], _ scale: Double, _ rate: Double, _ settings: OptimizerSettings) {
    count += 1
    for index in values.indices {
      var g = Double(gradient[index]) * scale
      if decays, settings.decoupled { values[index] *= 1 - rate * settings.weightDecay }
      if decays, !settings.decoupled { g += settings.weightDecay * values[index] }
      if settings.kind == .adamw {
        momentum[index] = settings.beta1 * momentum[index] + (1 - settings.beta1) * g
        squares[index] = settings.beta2 * squares[index] + (1 - settings.beta2) * g * g
        let first = momentum[index] / (1 - pow(settings.beta1, Double(count)))
        let second = squares[index] / (1 - pow(settings.beta2, Double(count)))
        values[index] -= rate * first / (second.squareRoot() + settings.epsilon)
      } else {
        momentum[index] = settings.momentum * momentum[index] + g
        values[index] -= rate * (settings.nesterov ? g + settings.momentum * momentum[index] : momentum[index])
      }
    }
  }
}
