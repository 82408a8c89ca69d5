import Testing
import ZooEngine
import ZooGraph
import ZooRecipe
import ZooTrain

@Suite("Stochastic gradient descent")
struct OptimizerTests {
  /// Neighbours that decay and that do not, of sizes that leave gaps in the block.
  private let specs = [
    ParameterSpec(name: "weight", shape: [5, 7], initializer: .zeros),
    ParameterSpec(name: "bias", shape: [3], initializer: .zeros, decays: false),
    ParameterSpec(name: "scale", shape: [17], initializer: .zeros, decays: false),
    ParameterSpec(name: "last", shape: [2, 16], initializer: .zeros)
  ]

  @Test(
    arguments: [
      OptimizerSettings(rate: 0.1, momentum: 0),
      OptimizerSettings(rate: 0.1, momentum: 0.9),
      OptimizerSettings(rate: 0.1, momentum: 0.9, nesterov: true),
      OptimizerSettings(rate: 0.1, momentum: 0.9, weightDecay: 0.05),
      OptimizerSettings(rate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.05)
    ], [nil, 0.5, 1e6])
  func fourStepsByHand(_ settings: OptimizerSettings, _ clipNorm: Double?) throws {
    let store = try ParameterStore(parameters: specs)
    let gradients = try ParameterBlock(like: store)
    let optimizer = try Optimizer(settings, store: store, engine: Engine(threads: 1))
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
    let optimizer = try Optimizer(OptimizerSettings(), store: store, engine: Engine(threads: 1))
    #expect(optimizer.step(try ParameterBlock(like: store), rate: 0.1, clipNorm: 1) == 0)
    #expect(try store.values("bias") == [1, 2, 3])
  }

  private func fill(_ block: ParameterBlock, _ store: ParameterStore, _ parts: [[Float]]) {
    block.withBlock { bytes in
      for (entry, values) in zip(store.entries, parts) {
        for (index, value) in values.enumerated() {
          bytes.storeBytes(of: value, toByteOffset: (entry.offset + index) * 4, as: Float.self)
        }
      }
    }
  }
}

/// The update rule in double precision, one value at a time: g + λw, v = μv + g, w -= η·v, or η·(g + μv).
private struct Plain {
  var values: [Double]
  let decays: Bool
  private var momentum: [Double]

  init(values: [Double], decays: Bool) {
    (self.values, self.decays) = (values, decays)
    momentum = Array(repeating: 0, count: values.count)
  }

  mutating func step(_ gradient: [Float], _ scale: Double, _ rate: Double, _ settings: OptimizerSettings) {
    for index in values.indices {
      var g = Double(gradient[index]) * scale
      if decays { g += settings.weightDecay * values[index] }
      momentum[index] = settings.momentum * momentum[index] + g
      values[index] -= rate * (settings.nesterov ? g + settings.momentum * momentum[index] : momentum[index])
    }
  }
}
