import CZooKernels
import ZooGraph

/// 3 × 3 convolutions of inference by Winograd's F(2×2, 3×3): 16 products for four outputs instead of 36, by kernels of our
/// own, with any backend.
///
/// Rounding: the transforms add at most four inputs and four sums a dimension. Of independent inputs an output's error has
/// (5/3)² times the variance of the direct sum's, since the three products that make an output have 5/3 of its variance in each
/// dimension; over bfloat16 the transformed inputs are rounded once more. Training keeps to direct convolutions, whose
/// gradients are exact ones of the same sums.
struct WinogradConvolution {
  private let spec: ConvolutionSpec
  private let pool: ThreadPool
  private let kernels: zoo_kernels
  private let narrow: Int32
  private let block: Int

  /// Nil where it does not apply or gains nothing.
  init?(_ spec: ConvolutionSpec, pool: ThreadPool, kernels: zoo_kernels) {
    let isNarrow = spec.weights == .bfloat16
    guard spec.kind == .forward, !spec.training, spec.kernelHeight == 3, spec.kernelWidth == 3,
      spec.window == Window(stride: 1, padding: 1), !spec.bias, !spec.accumulate, spec.epilogue == .none,
      spec.channels % 16 == 0, spec.outChannels % 16 == 0,
      min(spec.channels, spec.outChannels) >= Self.leastChannels, Self.tiles(spec) >= Self.leastTiles,
      spec.input == spec.weights, spec.output == .float32 || (isNarrow && spec.output == .bfloat16),
      !isNarrow || kernels.attention_narrow != nil
    else { return nil }
    (self.spec, self.pool, self.kernels) = (spec, pool, kernels)
    narrow = (isNarrow ? Int32(ZOO_NARROW_X) : 0) | (spec.output == .bfloat16 ? Int32(ZOO_NARROW_RESULT) : 0)
    // Operands and the sums of a panel of 64 outputs stay in a thread's own cache, beside the weights that pass by.
    let bytes = 16 * (spec.channels * spec.weights.size + 64 * 4)
    let share = (Self.tiles(spec) + pool.threads - 1) / pool.threads
    let most = max(6, Processor.privateCache * 5 / 8 / bytes)
    let blocks = (share + most - 1) / most
    block = (share + blocks - 1) / blocks
  }

  /// With fewer the transforms cost more than the products that they save.
  private static let leastChannels = 32
  /// With fewer the weights, 16/9 of what they were, take longer to come from memory than the products take.
  private static let leastTiles = 32

  private static func tiles(_ spec: ConvolutionSpec) -> Int {
    spec.batch * ((spec.height + 1) / 2) * ((spec.width + 1) / 2)
  }

  /// The packed layout depends on the shape of the weights and their width alone.
  private final class Packing: Sendable {
    let narrow: Bool
    init(narrow: Bool) { self.narrow = narrow }
  }

  var plan: PlannedMatrix {
    let (spec, pool, kernels, narrow, block) = (spec, pool, kernels, narrow, block)
    let (channels, outputs) = (Int64(spec.channels), Int64(spec.outChannels))
    let isNarrow = spec.weights == .bfloat16
    let tiles = Self.tiles(spec)
    let floats = Int(kernels.winograd_scratch(channels, Int64(block), narrow))
    return PlannedMatrix(
      implementation: isNarrow ? "winograd:bf16" : "winograd",
      scratch: pool.threads * floats * 4, packedBytes: 16 * spec.channels * spec.outChannels * spec.weights.size,
      packing: PackingKey(primitive: Packing(narrow: isNarrow)) { ($0 as? Packing)?.narrow == isNarrow },
      pack: { plain, packed in
        pool.split(Int(kernels.winograd_panels(outputs))) { panels, _ in
          for panel in panels {
            kernels.winograd_pack(Floats(plain), channels, outputs, Int64(panel), isNarrow ? 1 : 0, packed)
          }
        }
        return true
      },
      unpack: { _, _ in false },
      run: { source, weights, _, destination, scratch in
        guard let scratch else { return false }
        pool.split(tiles) { range, thread in
          kernels.winograd(
            source, narrow, Int64(spec.height), Int64(spec.width), channels, outputs, weights, Int64(block),
            Int64(range.lowerBound), Int64(range.upperBound), destination, Floats(scratch) + thread * floats)
        }
        return true
      })
  }
}
