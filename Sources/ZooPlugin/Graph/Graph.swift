import ZooABI

/// What a graph is built for.
public enum Phase: UInt32, Sendable { case train, evaluate, predict }

/// The graph under construction: named operations of the host, parameters and states. Valid until `build`
/// returns; later use is refused with an error.
///
/// Shapes are those of the host: images [batch, height, width, channels], linear weights [out, in],
/// convolution weights [out, in, height, width]. What has one row per example has `Tensor.batch` at dimension
/// 0.
public class Graph {
  public let phase: Phase
  /// The depth of the parameters made from now on: 0 for the stem, rising towards the head. Layer-wise rates
  /// and freezing go by it. A head leaves it alone.
  public var depth: Int?

  let ctx: Zoo
  private let raw: OpaquePointer
  private var isOpen = true

  init(_ ctx: Zoo, _ raw: OpaquePointer, _ phase: Phase) {
    (self.ctx, self.raw, self.phase) = (ctx, raw, phase)
  }

  func close() { isOpen = false }

  /// A call to the host, with its error's text. Its table is read through the pointer: an older host's is shorter.
  func call(_ body: (UnsafePointer<zoo_host>, OpaquePointer) -> zoo_status) throws {
    guard isOpen else { throw ZooError.closedGraph }
    let status = body(ctx.pointee.host, raw)
    guard status == 0 else { throw ZooError(String(ctx.pointee.host.pointee.last_error(ctx)), code: status) }
  }

  func tensor(_ node: zoo_node) throws -> Tensor {
    var dimensions = [Int64](repeating: 0, count: Int(ZOO_MAX_RANK))
    var rank = 0
    try call { host, graph in
      dimensions.withUnsafeMutableBufferPointer {
        host.pointee.shape(ctx, graph, node, $0.baseAddress, $0.count, &rank)
      }
    }
    return Tensor(shape: dimensions.prefix(rank).map(Int.init), node: node, graph: self)
  }

  /// A fact about this build by name; nil if it has none.
  public func fact(_ name: String) throws -> Int? {
    var value: Int64 = 0
    var status = zoo_status(ZOO_OK)
    try call { host, graph in
      status = name.withText { host.pointee.info(ctx, graph, $0, &value) }
      return status == ZOO_E_UNSUPPORTED ? 0 : status
    }
    return status == 0 ? Int(value) : nil
  }

  /// An operation of the host by name: `linear@1`, or `linear` for the newest version.
  /// - Parameter outputs: how many of its outputs are wanted.
  public func op(
    _ name: String, _ inputs: [Tensor], _ attributes: KeyValuePairs<String, Attribute> = [:], outputs: Int = 1
  ) throws -> [Tensor] {
    for input in inputs where input.graph !== self { throw ZooError.foreign(name) }
    let nodes = inputs.map(\.node)
    var results = [zoo_node](repeating: 0, count: max(0, outputs))
    try withAttributes(attributes.map { (name: $0.key, value: $0.value) }[...]) { attributes in
      try call { host, graph in
        name.withText { name in
          nodes.withUnsafeBufferPointer { nodes in
            results.withUnsafeMutableBufferPointer { results in
              host.pointee.op(
                ctx, graph, name, nodes.baseAddress, nodes.count, attributes.baseAddress, attributes.count,
                results.baseAddress, results.count)
            }
          }
        }
      }
    }
    return try results.map(tensor)
  }

  /// An operation of which the first output is wanted.
  public func op(
    _ name: String, _ inputs: Tensor..., attributes: KeyValuePairs<String, Attribute> = [:]
  ) throws -> Tensor {
    try op(name, inputs, attributes, outputs: 1)[0]
  }
}
