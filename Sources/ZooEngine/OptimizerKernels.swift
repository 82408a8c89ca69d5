import CZooKernels

/// The arithmetic of optimisers over blocks of parameters, by all threads. Values are treated one by one, so the number
/// of threads changes no bit.
public struct OptimizerKernels: Sendable {
  private let engine: Engine
  private let grain = 65536

  public init(_ engine: Engine) { self.engine = engine }

  /// A part of the parameters with its own rate and decay.
  public struct Treated: Sendable {
    public let part: ParameterBlock.Part
    public let rate: Float, weightDecay: Float
    public init(_ part: ParameterBlock.Part, rate: Float, weightDecay: Float) {
      (self.part, self.rate, self.weightDecay) = (part, rate, weightDecay)
    }
  }

  /// One SGD step over parts of the parameters, in PyTorch's convention:
  /// g = gradient·gradientScale + decay·w; m = momentum·m + g; w -= rate·m (Nesterov: rate·(g + momentum·m)).
  /// Decoupled decay is no part of g; instead w is first multiplied with 1 - rate·decay.
  public func sgd(
    _ store: ParameterStore, gradient: ParameterBlock, momentum block: ParameterBlock, parts: [Treated],
    momentum: Float, decoupled: Bool, nesterov: Bool, gradientScale: Float
  ) {
    let kernels = engine.kernels
    guard let floats = store.floats else { return }
    each(parts) { treated, start, count in
      let (part, rate, weightDecay) = (treated.part, treated.rate, treated.weightDecay)
      let keep = decoupled ? 1 - rate * weightDecay : 1
      let weights = floats + part.store + start
      if keep != 1 { kernels.scale(weights, keep, 0, weights, count) }
      kernels.sgd(
        weights, block.floats + part.block + start, gradient.floats + part.block + start, count, rate, momentum,
        decoupled ? 0 : weightDecay, nesterov ? 1 : 0, gradientScale)
    }
  }

  /// One AdamW step over parts of the parameters (Loshchilov & Hutter 2019, as PyTorch has it), `step` counted from 1:
  /// w *= 1 - rate·decay; m = β₁·m + (1-β₁)·g; v = β₂·v + (1-β₂)·g²; w -= rate·m̂ / (√v̂ + ε), where m̂ and v̂ are the
  /// moments divided by 1 - βᵗ.
  public func adamw(
    _ store: ParameterStore, gradient: ParameterBlock, first: ParameterBlock, second: ParameterBlock,
    parts: [Treated], betas: (Double, Double), epsilon: Float, step: Int, gradientScale: Float
  ) {
    let kernels = engine.kernels
    guard let floats = store.floats else { return }
    let (left, right) = (1 - power(betas.0, step), 1 - power(betas.1, step))
    each(parts) { treated, start, count in
      let part = treated.part
      kernels.adamw(
        floats + part.store + start, first.floats + part.block + start, second.floats + part.block + start,
        gradient.floats + part.block + start, count, treated.rate, Float(betas.0), Float(betas.1), epsilon,
        treated.weightDecay, Float(left), Float(right), gradientScale)
    }
  }

  /// average = decay·average + (1 - decay)·weights.
  public func average(_ store: ParameterStore, into block: ParameterBlock, part: ParameterBlock.Part, decay: Float) {
    let kernels = engine.kernels
    guard let floats = store.floats else { return }
    each(part.count) { start, count in
      kernels.average(block.floats + part.block + start, floats + part.store + start, count, decay)
    }
  }

  /// A block's values and the store's change places.
  public func exchange(_ store: ParameterStore, with block: ParameterBlock, part: ParameterBlock.Part) {
    guard let floats = store.floats else { return }
    each(part.count) { start, count in
      let (left, right) = (floats + part.store + start, block.floats + part.block + start)
      for index in 0..<Int(count) { (left[index], right[index]) = (right[index], left[index]) }
    }
  }

  /// Whether all weights of a part are numbers.
  public func allFinite(_ store: ParameterStore, part: ParameterBlock.Part) -> Bool {
    guard let floats = store.floats else { return true }
    return engine.compute { engine.kernels.all_finite(floats + part.store, Int64(part.count)) != 0 }
  }

  /// total += part.
  public func accumulate(_ part: ParameterBlock, into total: ParameterBlock) {
    let kernels = engine.kernels
    each(part.span) { start, count in kernels.accumulate(part.floats + start, 1, total.floats + start, count) }
  }

  public func clear(_ block: ParameterBlock) {
    each(block.span) { start, count in (block.floats + start).update(repeating: 0, count: Int(count)) }
  }

  /// The sum of squares, in double precision; the same for any number of threads.
  public func squaredSum(_ block: ParameterBlock) -> Double {
    let kernels = engine.kernels
    let pieces = (block.span + grain - 1) / grain
    var sums = [Double](repeating: 0, count: pieces)
    engine.compute {
      sums.withUnsafeMutableBufferPointer { sums in
        let sums = sums
        engine.pool.split(pieces) { items, _ in
          for item in items {
            let start = item * grain
            sums[item] = kernels.squared_sum(block.floats + start, Int64(min(grain, block.span - start)))
          }
        }
      }
    }
    return sums.reduce(0, +)
  }

  /// All parts in one parallel region: many are small.
  private func each(_ parts: [Treated], _ body: (_ part: Treated, _ start: Int, _ count: Int64) -> Void) {
    let total = parts.reduce(0) { $0 + $1.part.count }
    engine.compute {
      engine.pool.split(total, minimum: grain) { range, _ in
        var first = 0
        for treated in parts {
          let start = max(range.lowerBound, first), end = min(range.upperBound, first + treated.part.count)
          if start < end { body(treated, start - first, Int64(end - start)) }
          first += treated.part.count
        }
      }
    }
  }

  private func each(_ count: Int, _ body: (_ start: Int, _ count: Int64) -> Void) {
    engine.compute {
      engine.pool.split(count, minimum: grain) { part, _ in body(part.lowerBound, Int64(part.count)) }
    }
  }
}

/// A whole power by squaring: no library's `pow`, so the same bits everywhere.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, left) = (1.0, base, exponent)
  while left > 0 {
    if left & 1 == 1 { result *= square }
    square *= square
    left >>= 1
  }
  return result
}
