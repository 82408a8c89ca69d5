import ZooABI
import ZooGraph

func hostParameter(
  _ ctx: Context, _ graph: OpaquePointer, _ name: zoo_str, _ dimensions: UnsafePointer<Int64>?, _ rank: Int,
  _ attributes: UnsafePointer<zoo_attr>?, _ attributeCount: Int, _ out: UnsafeMutablePointer<zoo_node>?
) -> zoo_status {
  building(ctx, graph, "param") { session in
    let name = String(name)
    let call = "parameter '\(name)'"
    guard isName(name, others: "_.-") else { throw Refusal.name("param", name) }
    guard let out else { throw Refusal.noPlace(call) }
    let shape = try shape(dimensions, rank, call)
    var reader = try DefinitionAttributes(attributes, attributeCount, call)
    let text = try reader.text("init") ?? "zeros"
    guard let initializer = Initializer(text) else {
      throw Refusal.initial(name, text, forms: Initializer.forms)
    }
    let depth = try reader.int("depth", in: 0...100_000) ?? session.depth
    let decay = try reader.int("decay", in: 0...1).map { $0 == 1 }
    try reader.finish()
    let spec = ParameterSpec(
      name: session.prefix + name, shape: shape, initializer: initializer, depth: depth, decays: decay)
    out.pointee = session.handle(try session.graph.parameter(spec))
  }
}

func hostState(
  _ ctx: Context, _ graph: OpaquePointer, _ name: zoo_str, _ dimensions: UnsafePointer<Int64>?, _ rank: Int,
  _ attributes: UnsafePointer<zoo_attr>?, _ attributeCount: Int, _ out: UnsafeMutablePointer<zoo_node>?
) -> zoo_status {
  building(ctx, graph, "state") { session in
    let name = String(name)
    let call = "state '\(name)'"
    guard isName(name, others: "_.-") else { throw Refusal.name("state", name) }
    guard let out else { throw Refusal.noPlace(call) }
    let shape = try shape(dimensions, rank, call)
    var reader = try DefinitionAttributes(attributes, attributeCount, call)
    let initial = try reader.number("init") ?? 0
    let text = try reader.text("merge") ?? StateMerge.mean.rawValue
    guard let merge = StateMerge(rawValue: text) else {
      throw Refusal.attribute(call, "merge must be sum, mean or last, not '\(text)'")
    }
    try reader.finish()
    let spec = StateSpec(name: session.prefix + name, shape: shape, initial: initial, merge: merge)
    let value = try session.graph.state(spec)
    guard session.graph.type(of: value).shape == shape else {
      throw Refusal.attribute(call, "was \(session.shape(value)) before and is \(describe(shape)) now")
    }
    out.pointee = session.handle(value)
  }
}

func hostUpdate(_ ctx: Context, _ graph: OpaquePointer, _ state: zoo_node, _ value: zoo_node) -> zoo_status {
  building(ctx, graph, "update") { session in
    let state = try session.value(state, "update", "the state")
    let value = try session.value(value, "update", "the new value")
    guard case .state(let spec) = session.graph.producer(of: state).kind else { throw Refusal.notState() }
    guard session.graph.type(of: state) == session.graph.type(of: value) else {
      throw Refusal.updateShape(spec.name, session.shape(state), session.shape(value))
    }
    guard !session.updates.contains(where: { $0.state == state }) else {
      throw Refusal.taken("update", spec.name)
    }
    session.updates.append(StateUpdate(name: spec.name, state: state, value: value))
  }
}

private func shape(_ dimensions: UnsafePointer<Int64>?, _ rank: Int, _ call: String) throws -> [Int] {
  guard rank >= 0, rank <= Int(ZOO_MAX_RANK) else { throw Refusal.rank(call, rank) }
  let shape = try list(dimensions, rank, call).map(Int.init)
  for (axis, size) in shape.enumerated() where size < 1 { throw Refusal.dimension(call, axis, size) }
  return shape
}
