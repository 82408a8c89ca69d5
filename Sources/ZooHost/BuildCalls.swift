import ZooABI
import ZooGraph

typealias Context = UnsafeMutablePointer<zoo_ctx>

/// A call that is legal in `build` alone.
func building(
  _ ctx: Context, _ graph: OpaquePointer, _ call: String, _ body: (BuildSession) throws -> Void
) -> zoo_status {
  answer(ctx) { context in
    guard let session = context.session, session.token == graph else { throw Refusal.notBuilding(call) }
    do {
      try body(session)
    } catch let error as GraphError {
      throw Refusal(error)
    }
  }
}

extension Refusal {
  init(_ error: GraphError) {
    let code: RefusalCode =
      switch error {
      case .unknownOperation: .unsupported
      case .input, .shape: .shape
      case .attribute, .noGradient: .invalid
      case .name: .duplicate
      }
    self.init(code, error.description)
  }
}

/// A place for one result.
private func place<T>(_ pointer: UnsafeMutablePointer<T>?, _ call: String) throws -> UnsafeMutablePointer<T> {
  guard let pointer else { throw Refusal.noPlace(call) }
  return pointer
}

func hostInfo(
  _ ctx: Context, _ graph: OpaquePointer, _ name: zoo_str, _ out: UnsafeMutablePointer<Int64>?
) -> zoo_status {
  building(ctx, graph, "info") { session in
    let name = String(name)
    let out = try place(out, "info")
    guard let fact = session.facts.first(where: { $0.name == name }) else { throw Refusal.unknownFact(name) }
    out.pointee = Int64(fact.value)
  }
}

func hostInput(
  _ ctx: Context, _ graph: OpaquePointer, _ name: zoo_str, _ out: UnsafeMutablePointer<zoo_node>?
) -> zoo_status {
  building(ctx, graph, "input") { session in
    let name = String(name)
    let out = try place(out, "input")
    switch session.role {
    case .backbone(let image):
      guard name == "image" else { throw Refusal.noInput(name) }
      out.pointee = session.handle(image)
    case .head(let declared, let activations, _):
      guard declared.inputs.contains(name), let found = activations.first(where: { $0.name == name }) else {
        throw Refusal.undeclaredInput(name, declared: declared.inputs)
      }
      out.pointee = session.handle(found.value)
    }
  }
}

func hostTarget(
  _ ctx: Context, _ graph: OpaquePointer, _ kind: zoo_str, _ out: UnsafeMutablePointer<zoo_node>?,
  _ count: Int
) -> zoo_status {
  building(ctx, graph, "target") { session in
    let kind = String(kind)
    guard case .head(_, _, let target) = session.role else { throw Refusal.headOnly("target") }
    guard let target else { throw Refusal.noTarget(kind) }
    guard target.kind == kind else { throw Refusal.otherTarget(kind, have: target.kind) }
    let values = target.values
    guard count == values.count else { throw Refusal.targetParts(kind, values.count, count) }
    let out = try place(out, "target")
    for (index, value) in values.enumerated() { out[index] = session.handle(value) }
  }
}

func hostOperation(
  _ ctx: Context, _ graph: OpaquePointer, _ name: zoo_str, _ inputs: UnsafePointer<zoo_node>?, _ count: Int,
  _ attributes: UnsafePointer<zoo_attr>?, _ attributeCount: Int, _ out: UnsafeMutablePointer<zoo_node>?,
  _ outCount: Int
) -> zoo_status {
  building(ctx, graph, "op") { session in
    let name = String(name)
    let inputs = try list(inputs, count, name).enumerated().map { index, node in
      try session.value(node, name, "input \(index)")
    }
    let attributes = try Attributes(reading: list(attributes, attributeCount, name), of: name)
    if outCount > 0, out == nil { throw Refusal.noPlace(name) }
    let isTraining = session.facts.contains { $0.name == "phase" && $0.value == Int(Phase.train.rawValue) }
    let results = try session.graph.apply(named: name, inputs, attributes, isTraining: isTraining)
    guard outCount <= results.count else { throw Refusal.outputs(name, results.count, outCount) }
    for index in 0..<max(0, outCount) { out?[index] = session.handle(results[index]) }
  }
}

func hostShape(
  _ ctx: Context, _ graph: OpaquePointer, _ node: zoo_node, _ dimensions: UnsafeMutablePointer<Int64>?,
  _ capacity: Int, _ rank: UnsafeMutablePointer<Int>?
) -> zoo_status {
  building(ctx, graph, "shape") { session in
    let shape = session.graph.type(of: try session.value(node, "shape")).shape
    try place(rank, "shape").pointee = shape.count
    if capacity > 0, dimensions == nil { throw Refusal.noPlace("shape") }
    for (index, size) in shape.prefix(max(0, capacity)).enumerated() { dimensions?[index] = Int64(size) }
  }
}
