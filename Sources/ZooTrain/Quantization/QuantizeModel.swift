import ZooArchive
import ZooData
import ZooEngine
import ZooGraph
import ZooRecipe

/// How a model becomes one of int8 products.
public struct QuantizeSettings: Sendable {
  public var range = ModelQuantization.Range.mse
  /// How much of the spread between channels moves into the weights, 0…1.
  public var migration = 0.5
  /// Parameters that stay floats.
  public var keep: [ParameterPattern] = []
  /// Whether the first product (of the image) and the heads become int8 too.
  public var ends = false
  /// So many products that change the outputs most, each by itself, stay floats; more than 0 costs a run for each product.
  public var keepWorst = 0

  public init() {}
}

/// A model with int8 products, and what stayed as it was.
public struct QuantizedResult {
  public let model: Model
  /// Weights that could be int8 and were left out, with the reason.
  public let left: [(name: String, reason: String)]
}

extension Model {
  /// This model with int8 products: weights are rounded, ranges of what they meet are measured on images.
  ///
  /// - Parameters:
  ///   - dataset: the images, all of which are passed twice; labels are not read.
  ///   - engine: computes the float model.
  /// - Throws: where nothing can be int8, or a pattern matches nothing.
  public func quantized(
    _ settings: QuantizeSettings, on dataset: any Dataset, transform: Transform, engine: Engine
  ) throws -> QuantizedResult {
    try requireFloat(to: "quantised again")
    let graph = try graph(.predict)
    let (weights, left) = try chosenWeights(graph, settings)
    guard !weights.isEmpty else {
      throw TrainError.model(origin.archive?.name ?? "model", "has no product that can be int8")
    }
    let calibration = try Calibration(self, graph, weights: weights, engine: engine, images: dataset.count)
    try calibration.measureChannels(dataset, transform)
    let floats = try weights.map { weight in
      try calibration.standardised[weight.multiplied] ?? store.values(weight.spec.name)
    }
    var migrations: [Value: ChannelMigration] = [:]
    for (weight, values) in zip(weights, floats) where !weight.norm.isEmpty {
      migrations[weight.input] = ChannelMigration(
        activations: calibration.measured[weight.input]?.largest ?? [],
        weights: weight.largest(values), strength: settings.migration)
    }
    try calibration.measureDistributions(dataset, transform, divisors: migrations.mapValues(\.factors))
    var why: [String: String] = [:]
    let made = weights.enumerated().compactMap { index, weight -> QuantizedPart? in
      guard let measured = calibration.measured[weight.input],
        let input = measured.histogram.quantization(settings.range)
      else {
        why[weight.spec.name] = "it meets nothing but zeros"
        return nil
      }
      if weight.isPadded, input.zero != 0 {
        why[weight.spec.name] = "its images have a border of zeros and negative values"
        return nil
      }
      return QuantizedPart(
        weight, floats[index], input: input, means: measured.means, migration: migrations[weight.input])
    }
    let kept = settings.keepWorst > 0 ? try worst(made, graph, settings, calibration, engine) : []
    for (name, error) in kept {
      let share = (error * 1e4).rounded() / 1e2
      why[name] = "by itself it changes the outputs by \(share) %"
    }
    let parts = made.filter { why[$0.weight.spec.name] == nil }
    guard !parts.isEmpty else {
      throw TrainError.model(origin.archive?.name ?? "model", "no product is left that is to be int8")
    }
    let model = try assembled(parts, graph, settings, images: dataset.count)
    return QuantizedResult(
      model: model, left: left + weights.compactMap { weight in why[weight.spec.name].map { (weight.spec.name, $0) } })
  }

  /// The products that change the outputs most.
  private func worst(
    _ parts: [QuantizedPart], _ graph: ModelGraph, _ settings: QuantizeSettings, _ calibration: Calibration,
    _ engine: Engine
  ) throws -> [(name: String, error: Double)] {
    let (images, count) = calibration.sample
    let sensitivity = try Sensitivity(of: self, images: images, count: count, engine: engine)
    let errors = try parts.map { part in
      (part.weight.spec.name, try sensitivity.error(of: assembled([part], graph, settings, images: count)))
    }
    return Array(errors.sorted { $0.1 > $1.1 }.prefix(settings.keepWorst))
  }

  /// The weights to be int8, and those that stay.
  private func chosenWeights(
    _ graph: ModelGraph, _ settings: QuantizeSettings
  ) throws -> ([QuantizableWeight], [(name: String, reason: String)]) {
    let outputs = graph.activations.map(\.value) + graph.heads.flatMap { $0.build.outputs.map(\.value) }
    let all = graph.graph.quantizableWeights(keeping: outputs)
    for pattern in settings.keep where !all.contains(where: { pattern.matches($0.spec, heads: heads.map(\.name)) }) {
      throw TrainError.matchesNothing(pattern, at: SourceLocation(file: "--keep"), all.map(\.spec.name))
    }
    var (chosen, left) = ([QuantizableWeight](), [(name: String, reason: String)]())
    for weight in all {
      let reason: String? =
        if settings.keep.contains(where: { $0.matches(weight.spec, heads: heads.map(\.name)) }) {
          "as asked"
        } else if !settings.ends, weight.spec.name.hasPrefix("heads.") {
          "a head"
        } else if !settings.ends, weight.input == graph.image {
          "it sees the image"
        } else if store.entry(QuantizedWeight.scaleName(weight.spec.name)) != nil
          || store.entry(QuantizedWeight.inputName(weight.spec.name)) != nil
        {
          "the name of its scales is taken"
        } else {
          nil
        }
      if let reason { left.append((weight.spec.name, reason)) } else { chosen.append(weight) }
    }
    return (chosen, left)
  }

  private func assembled(
    _ parts: [QuantizedPart], _ graph: ModelGraph, _ settings: QuantizeSettings, images: Int
  ) throws -> Model {
    let quantization = Quantization(
      inputs: Dictionary(parts.map { ($0.weight.spec.name, $0.input) }, uniquingKeysWith: { first, _ in first }))
    var config = config
    config.quantization = ModelQuantization(
      weights: parts.map(\.weight.spec.name), images: images, range: settings.range, migration: settings.migration)
    // The trunk is another one now, and the heads go with it.
    config.trunk = nil
    for index in config.heads.indices { config.heads[index].trunk = nil }
    let heads = zip(heads, config.heads).map { Head(config: $1, instance: $0.instance) }
    let model = try Model.empty(config, backbone, heads: heads, origin: origin, quantization: quantization)
    for entry in model.store.entries where store.entry(entry.spec.name) != nil {
      try model.store.set(entry.spec.name, store.values(entry.spec.name))
    }
    for state in model.store.stateNames { if let values = store.state(state) { try model.store.setState(state, values) } }
    for part in parts {
      let name = part.weight.spec.name
      try model.store.setQuantized(name, shape: part.weight.spec.shape, part.channels.values)
      try model.store.set(QuantizedWeight.scaleName(name), part.channels.scales)
      if let factors = part.migration?.factors {
        for norm in part.weight.norm {
          try model.store.set(norm, zip(try model.store.values(norm), factors).map { $0 / $1 })
        }
      }
      if let bias = part.weight.bias {
        try model.store.set(bias, zip(try model.store.values(bias), part.meanError).map { $0 + $1 })
      }
    }
    return model
  }
}

extension ParameterPattern {
  fileprivate func matches(_ spec: ParameterSpec, heads: [String]) -> Bool {
    matches(
      name: spec.name, depth: spec.depth, head: heads.first { spec.name.hasPrefix("heads.\($0).") })
  }
}

/// A weight on its way to int8.
private struct QuantizedPart {
  let weight: QuantizableWeight
  let input: AffineQuantization
  let channels: ChannelWeights
  let migration: ChannelMigration?
  /// What the bias gets back.
  let meanError: [Float]

  init(
    _ weight: QuantizableWeight, _ values: [Float], input: AffineQuantization, means: [Float],
    migration: ChannelMigration?
  ) {
    let window = weight.spec.shape.dropFirst(2).reduce(1, *)
    var (values, means) = (values, means)
    if let factors = migration?.factors {
      for place in values.indices { values[place] *= factors[place / window % factors.count] }
      means = zip(means, factors).map { $0 / $1 }
    }
    (self.weight, self.input, self.migration) = (weight, input, migration)
    channels = ChannelWeights(values, outputs: weight.spec.shape[0])
    meanError = channels.meanError(of: values, inputs: means, window: window)
  }
}

extension QuantizableWeight {
  /// The largest magnitude of the weights that meet each input channel.
  fileprivate func largest(_ values: [Float]) -> [Float] {
    let (inputs, window) = (spec.shape[1], spec.shape.dropFirst(2).reduce(1, *))
    var result = [Float](repeating: 0, count: inputs)
    for (place, value) in values.enumerated() {
      let channel = place / window % inputs
      if abs(value) > result[channel] { result[channel] = abs(value) }
    }
    return result
  }
}
