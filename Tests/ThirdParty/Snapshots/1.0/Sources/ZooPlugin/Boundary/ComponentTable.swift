import ZooABI

/// The functions that the host calls. Made in a nonisolated function: a closure that becomes a C function
/// pointer in code of an actor would trap on other threads.
func componentTable(_ type: ComponentType) -> zoo_component {
  var table = zoo_component(
    size: UInt32(MemoryLayout<zoo_component>.size), kind: 0, name: zoo_str(), summary: zoo_str(),
    version: zoo_str(),
    flags: 0, type: Unmanaged.passRetained(type).toOpaque(),
    describe: { ctx, type in ctx.guarded { ctx.emit(try object(type, ComponentType.self).describe()) } },
    create: { ctx, type, text, out in
      ctx.guarded {
        let instance = try object(type, ComponentType.self).create(String(text))
        out.pointee = Unmanaged.passRetained(instance).toOpaque()
      }
    },
    declare: { ctx, instance in ctx.guarded { ctx.emit(try object(instance, Instance.self).declare()) } },
    build: { ctx, instance, graph, phase in
      ctx.guarded {
        guard let known = Phase(rawValue: phase) else { throw ZooError.unknownPhase(phase) }
        try object(instance, Instance.self).build(ctx, graph, known)
      }
    },
    destroy: { instance in
      if let instance { Unmanaged<Instance>.fromOpaque(instance).release() }
    },
    key_map: nil, adapt: nil, metric: nil, decode: nil)
  if type.isBackbone {
    table.key_map = { ctx, instance, format in
      ctx.guarded { ctx.emit(try object(instance, Instance.self).keyMap(String(format))) }
    }
    table.adapt = { ctx, instance in ctx.guarded { ctx.emit(try object(instance, Instance.self).adapt()) } }
  }
  if type.hasMetric {
    table.metric = { ctx, instance, name, arrays, count, out in
      ctx.guarded {
        out.pointee = try object(instance, Instance.self).metric(String(name), HostArrays(arrays, count))
      }
    }
  }
  if type.hasDecoder {
    table.decode = { ctx, instance, arrays, count in
      ctx.guarded { ctx.emit(try object(instance, Instance.self).decode(HostArrays(arrays, count))) }
    }
  }
  return table
}

private func object<T: AnyObject>(_ pointer: UnsafeMutableRawPointer?, _: T.Type) throws -> T {
  guard let pointer else { throw ZooError.noInstance }
  return Unmanaged<T>.fromOpaque(pointer).takeUnretainedValue()
}
