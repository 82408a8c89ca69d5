import ZooABI
import ZooGraph

func hostActivation(_ ctx: Context, _ graph: OpaquePointer, _ name: zoo_str, _ node: zoo_node) -> zoo_status {
  building(ctx, graph, "activation") { session in
    let name = String(name)
    guard case .backbone = session.role else { throw Refusal.backboneOnly("activation") }
    let value = try session.value(node, "activation")
    try checkPublished("activation", name, value, among: session.activations.map(\.name), session)
    session.activations.append((name, value))
  }
}

func hostOutput(_ ctx: Context, _ graph: OpaquePointer, _ name: zoo_str, _ node: zoo_node) -> zoo_status {
  building(ctx, graph, "output") { session in
    let name = String(name)
    guard case .head(let declared, _, _) = session.role else { throw Refusal.headOnly("output") }
    let value = try session.value(node, "output")
    guard declared.outputs.contains(where: { $0.name == name }) else {
      throw Refusal.undeclaredOutput(name, declared: declared.outputs.map(\.name))
    }
    try checkPublished("output", name, value, among: session.outputs.map(\.name), session)
    session.outputs.append((name, value))
  }
}

func hostLoss(
  _ ctx: Context, _ graph: OpaquePointer, _ name: zoo_str, _ node: zoo_node, _ weight: Double
) -> zoo_status {
  building(ctx, graph, "loss") { session in
    let name = String(name)
    guard case .head(_, _, let target) = session.role else { throw Refusal.headOnly("loss") }
    let value = try session.value(node, "loss")
    guard name.isEmpty || isName(name, letters: false, others: "_.-") else {
      throw Refusal.publishedName("loss", name)
    }
    guard session.graph.type(of: value) == TensorType(.float32, [TensorType.batch]) else {
      throw Refusal.lossShape(name, session.shape(value))
    }
    guard weight.isFinite else { throw Refusal.lossWeight(name) }
    guard !session.losses.contains(where: { $0.name == name }) else { throw Refusal.taken("loss", name) }
    if target != nil { session.losses.append(Loss(name: name, value: value, weight: weight)) }
  }
}

private func checkPublished(
  _ call: String, _ name: String, _ value: Value, among taken: [String], _ session: BuildSession
) throws {
  guard isName(name, letters: false, others: "_.-") else { throw Refusal.publishedName(call, name) }
  guard !taken.contains(name) else { throw Refusal.taken(call, name) }
  let type = session.graph.type(of: value)
  guard type.isBatched, type.element == .float32 else {
    throw Refusal.batched(call, name, session.shape(value))
  }
}
