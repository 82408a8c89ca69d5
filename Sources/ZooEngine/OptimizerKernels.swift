import CZooKernels

/// The arithmetic of optimisers over blocks of parameters, by all threads.
public struct OptimizerKernels {
  private let engine: Engine
  private let grain = 65536

  public init(_ engine: Engine) { self.engine = engine }

  /// One SGD step over part of the block, in PyTorch's convention:
  /// g = gradient·gradientScale + decay·w; m = momentum·m + g; w -= rate·m (Nesterov: rate·(g + momentum·m)).
  public func sgd(
    _ store: ParameterStore, gradient: ParameterBlock, momentum block: ParameterBlock, range: Range<Int>, rate: Float,
    momentum: Float, weightDecay: Float, nesterov: Bool, gradientScale: Float
  ) {
    let kernels = engine.kernels
    each(range) { start, count in
      kernels.sgd(
        store.floats + start, block.floats + start, gradient.floats + start, count, rate, momentum, weightDecay,
        nesterov ? 1 : 0, gradientScale)
    }
  }

  /// total += part.
  public func accumulate(_ part: ParameterBlock, into total: ParameterBlock) {
    let kernels = engine.kernels
    each(0..<part.span) { start, count in kernels.accumulate(part.floats + start, 1, total.floats + start, count) }
  }

  public func clear(_ block: ParameterBlock) {
    each(0..<block.span) { start, count in (block.floats + start).update(repeating: 0, count: Int(count)) }
  }

  /// The sum of squares over a range, in double precision; the same for any number of threads.
  public func squaredSum(_ block: ParameterBlock, range: Range<Int>) -> Double {
    let kernels = engine.kernels
    let pieces = (range.count + grain - 1) / grain
    var sums = [Double](repeating: 0, count: pieces)
    engine.compute {
      sums.withUnsafeMutableBufferPointer { sums in
        let sums = sums
        engine.pool.split(pieces) { items, _ in
          for item in items {
            let start = range.lowerBound + item * grain
            sums[item] = kernels.squared_sum(block.floats + start, Int64(min(grain, range.upperBound - start)))
          }
        }
      }
    }
    return sums.reduce(0, +)
  }

  private func each(_ range: Range<Int>, _ body: (_ start: Int, _ count: Int64) -> Void) {
    engine.compute {
      engine.pool.split(range.count, minimum: grain) { part, _ in
        body(range.lowerBound + part.lowerBound, Int64(part.count))
      }
    }
  }
}
