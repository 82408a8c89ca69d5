import ZooABI

// C function pointers cannot be generic, so what is generic lives in closures of two plain classes.

/// A component type behind the table's `type`.
final class ComponentType {
  let describe: () throws -> JSON
  let create: (String) throws -> Instance
  let hasMetric: Bool
  let hasDecoder: Bool
  let isBackbone: Bool

  init<H: Head>(head: H.Type) {
    describe = { try description(H.self) }
    create = { Instance(try H(options(H.Options.self, $0))) }
    (hasMetric, hasDecoder, isBackbone) = (
      H.self is any HeadMetric.Type, H.self is any HeadDecoder.Type, false
    )
  }

  init<B: Backbone>(backbone: B.Type) {
    describe = {
      let formats = try B.checkpointFormats.map { format in
        JSON.object([("name", .string(format.name)), ("options", try format.differences())])
      }
      return try description(B.self, [("formats", .array(formats))])
    }
    create = { Instance(try B(options(B.Options.self, $0))) }
    (hasMetric, hasDecoder, isBackbone) = (false, false, true)
  }
}

/// A component behind an instance pointer.
final class Instance {
  let declare: () -> JSON
  let build: (Zoo, OpaquePointer, Phase) throws -> Void
  let keyMap: (String) throws -> JSON
  let adapt: () -> JSON
  let metric: (String, HostArrays) throws -> Double
  let decode: (HostArrays) throws -> String

  init<H: Head>(_ head: H) {
    declare = { head.declaration.json }
    build = { ctx, raw, phase in
      let graph = HeadGraph(ctx, raw, phase)
      defer { graph.close() }
      try head.build(graph)
    }
    keyMap = { throw ZooError.noKeyMap($0, known: []) }
    adapt = { .object([]) }
    metric = { name, arrays in
      guard let head = head as? any HeadMetric else { throw ZooError("no metric '\(name)'") }
      return try head.metric(name, arrays)
    }
    decode = { arrays in
      guard let head = head as? any HeadDecoder else { throw ZooError("no decoder") }
      return try head.decode(arrays)
    }
  }

  init<B: Backbone>(_ backbone: B) {
    declare = { backbone.declaration.json }
    build = { ctx, raw, phase in
      let graph = BackboneGraph(ctx, raw, phase)
      defer { graph.close() }
      try backbone.build(graph)
    }
    keyMap = { format in
      let known = B.checkpointFormats.map(\.name)
      guard known.contains(format) else { throw ZooError.noKeyMap(format, known: known) }
      return JSON(keyMap: backbone.keyMap(format))
    }
    adapt = { .object([("parameters", .array(backbone.adaptations.map(\.json)))]) }
    metric = { name, _ in throw ZooError("no metric '\(name)'") }
    decode = { _ in throw ZooError("no decoder") }
  }
}

private func description<C: Component>(_: C.Type, _ more: [(String, JSON)] = []) throws -> JSON {
  let variants = try C.variants.map { variant in
    JSON.object([("name", .string(variant.name)), ("options", try JSON(encoding: variant.options))])
  }
  return .object([("options", try JSON(encoding: C.Options())), ("variants", .array(variants))] + more)
}

/// The defaults, overlaid with what the user wrote.
private func options<C: Config>(_: C.Type, _ text: String) throws -> C {
  try JSON(encoding: C()).overlaid(with: JSONParser.parse(text), at: "options").decoded(C.self, at: "options")
}
