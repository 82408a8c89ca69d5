import Glibc
import ZooGraph

/// Runs of nodes that are computed for a few images of the batch at a time, all of the run for these before the next:
/// what one node writes is then still in the cache when the next reads it. For networks of convolutions, whose maps are
/// large; their early stages get small portions, late ones, whose weights are larger than their maps, large ones.
struct BatchPortions {
  /// Images at a time, for each run.
  private(set) var sizes: [Int] = []
  /// The run of each node; nil for nodes that take the whole batch.
  private(set) var runs: [Int?]
  /// Values that are written by a run and read outside of it, or the other way round.
  private(set) var crossing: Set<Value> = []

  init(nodes: Int) { runs = [Int?](repeating: nil, count: nodes) }

  /// - Parameters:
  ///   - needed: for each node whether it is computed.
  ///   - kept: values that are read after the program.
  ///   - cache: bytes of the caches that threads have for themselves, together.
  ///   - bytes: of a value for one image.
  init(
    _ graph: Graph, needed: [Bool], keeping kept: Set<Value>, batch: Int, cache: Int, bytes: (Value) -> Int
  ) {
    self.init(nodes: graph.nodes.count)
    var open: Stage?
    var stages: [Stage] = []
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      // What depends on parameters alone is computed before.
      guard case .operation(let operation) = node.kind,
        (node.inputs + node.outputs).contains(where: { graph.type(of: $0).isBatched })
      else { continue }
      guard Self.isLocal(operation, node, graph) else {
        if let open { stages.append(open) }
        open = nil
        continue
      }
      let pixels = graph.type(of: node.outputs[0]).shape.dropFirst().dropLast().reduce(1, *)
      if let last = open, pixels < last.pixels {
        stages.append(last)
        open = nil
      }
      var stage = open ?? Stage(pixels: pixels)
      stage.nodes.append(index)
      if operation is Convolution {
        stage.maps.append(bytes(node.inputs[0]) + bytes(node.outputs[0]))
        stage.weights.append(bytes(node.inputs[1]))
      } else if let quantized = operation as? QuantizedConvolution {
        stage.maps.append(bytes(node.inputs[0]) + bytes(node.outputs[0]))
        stage.weights.append(quantized.weight.shape.reduce(1, *))
      }
      open = stage
    }
    if let open { stages.append(open) }
    for stage in stages where stage.maps.count >= Self.leastConvolutions {
      let size = Self.size(stage, batch: batch, cache: cache)
      guard size < batch else { continue }
      for node in stage.nodes { runs[node] = sizes.count }
      sizes.append(size)
    }
    guard !sizes.isEmpty else { return }
    var writer: [Value: Int?] = [:]
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      for value in node.outputs { writer[value] = .some(runs[index]) }
      for value in node.inputs where (writer[value] ?? nil) != runs[index] { crossing.insert(value) }
    }
    crossing.formUnion(kept)
    // Bytes may lie where a value was written as bytes.
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      if case .operation(let operation) = node.kind, operation is Quantize, crossing.contains(node.outputs[0]) {
        crossing.insert(node.inputs[0])
      }
    }
  }

  /// The nodes between two decreases of the maps' size.
  private struct Stage {
    let pixels: Int
    var nodes: [Int] = []
    /// Bytes of each convolution's maps for one image, and of its weights.
    var maps: [Int] = [], weights: [Int] = []
  }

  /// Shorter runs gain nothing.
  private static let leastConvolutions = 3

  /// Operations that treat every image for itself.
  private static func isLocal(_ operation: any Operation, _ node: Graph.Node, _ graph: Graph) -> Bool {
    switch operation {
    case is Convolution, is QuantizedConvolution, is Quantize, is GroupNorm, is MaxPool, is Unary: true
    case is Binary: node.inputs.allSatisfy { graph.type(of: $0).shape == graph.type(of: node.outputs[0]).shape }
    default: false
    }
  }

  /// As many images as the cache holds of a typical convolution's maps, or more where weights outweigh them.
  private static func size(_ stage: Stage, batch: Int, cache: Int) -> Int {
    let maps = max(1, stage.maps.reduce(0, +) / stage.maps.count)
    let weights = stage.weights.reduce(0, +) / stage.weights.count
    let wanted = min(batch, max(1, cache / maps, 4 * weights / maps))
    return (1...wanted).last { batch % $0 == 0 } ?? batch
  }
}

extension Processor {
  /// Bytes of the cache that one thread has for itself.
  static var privateCache: Int {
    let bytes = sysconf(Int32(_SC_LEVEL2_CACHE_SIZE))
    return bytes > 0 ? bytes : 1 << 20
  }
}
