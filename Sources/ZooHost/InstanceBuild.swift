import ZooABI
import ZooGraph

extension ComponentInstance {
  /// Adds the backbone to a graph. The graph stays as it was when this throws.
  /// - Parameter image: float32 [batch, height, width, channels].
  public func buildBackbone(
    into graph: inout Graph, image: Value, phase: Phase
  ) throws(HostError) -> BackboneBuild {
    let declaration = try backboneDeclaration()
    let size = graph.type(of: image).shape
    guard size.count == 4 else { throw .call(component, "build", HostError.noImage(describe(size))) }
    let facts = [
      ("phase", Int(phase.rawValue)), ("image_height", size[1]), ("image_width", size[2]),
      ("image_channels", size[3]),
    ]
    let session = try run(
      &graph, phase, .backbone(image: image), prefix: "", depth: declaration.depth + 1, facts: facts
    ) { session in
      guard !session.activations.isEmpty else { return BuildFault.noActivation }
      guard let pooled = session.activations.first(where: { $0.name == "pooled" })?.value,
        session.graph.type(of: pooled).shape != [TensorType.batch, declaration.features]
      else { return nil }
      return BuildFault.pooled(session.shape(pooled), features: declaration.features)
    }
    return BackboneBuild(activations: session.activations, updates: session.updates)
  }

  /// Adds a head to a graph. The graph stays as it was when this throws.
  /// - Parameters:
  ///   - name: the name it is registered under; its parameters are `heads.NAME.…`.
  ///   - activations: those of the backbone.
  ///   - classes: labels of the head's task; 0 where it has none.
  ///   - target: nil where there is nothing to learn from or to compare with.
  ///   - depth: of its parameters, one more than the backbone's last.
  ///   - targetWidth: numbers of a vector target, which a head must know without a target too; 0 where the
  ///     task has none.
  public func buildHead(
    named name: String, into graph: inout Graph, activations: [(name: String, value: Value)], classes: Int,
    target: TargetValues?, phase: Phase, depth: Int = 0, targetWidth: Int = 0
  ) throws(HostError) -> HeadBuild {
    let declaration = try headDeclaration()
    guard isName(name, others: "_-") else { throw .call(component, "build", BuildFault.headName(name)) }
    for input in declaration.inputs where !activations.contains(where: { $0.name == input }) {
      throw .call(component, "build", BuildFault.missingActivation(input, known: activations.map(\.name)))
    }
    var facts = [("phase", Int(phase.rawValue)), ("has_target", target == nil ? 0 : 1)]
    if classes > 0 { facts.append(("classes", classes)) }
    var width = targetWidth
    switch target {
    case .vector(let value)?: width = graph.type(of: value).width
    case .own(_, let values)?: width = values.first.map { graph.type(of: $0).width } ?? width
    default: break
    }
    if width > 0 { facts.append(("target_width", width)) }
    let session = try run(
      &graph, phase, .head(declared: declaration, activations: activations, target: target),
      prefix: "heads.\(name).", depth: depth, facts: facts
    ) { session in
      for output in declaration.outputs where !session.outputs.contains(where: { $0.name == output.name }) {
        return BuildFault.missingOutput(output.name)
      }
      return target != nil && !session.losses.contains { $0.name.isEmpty } ? BuildFault.noLoss : nil
    }
    let outputs = declaration.outputs.compactMap { output in session.outputs.first { $0.name == output.name }
    }
    let losses = session.losses.filter(\.name.isEmpty) + session.losses.filter { !$0.name.isEmpty }
    return HeadBuild(outputs: outputs, losses: losses, updates: session.updates)
  }

  private func run(
    _ graph: inout Graph, _ phase: Phase, _ role: BuildSession.Role, prefix: String, depth: Int,
    facts: [(String, Int)], check: (BuildSession) -> String?
  ) throws(HostError) -> BuildSession {
    let session = BuildSession(
      graph, role: role, prefix: prefix, depth: depth, facts: facts, operations: component.operations)
    let context = component.context("build")
    context.session = session
    let failure =
      context.call { component.table.build($0, instance, session.token, phase.rawValue) } ?? check(session)
    if let failure { throw .call(component, "build", failure) }
    graph = session.graph
    return session
  }
}
