import ZooABI

/// The host, as the entry point receives it.
public typealias Zoo = UnsafeMutablePointer<zoo_ctx>
public typealias Status = zoo_status

extension UnsafeMutablePointer<zoo_ctx> {
  /// Offers components to the host; the one line of a plugin's entry point:
  ///
  ///     @c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(MyHead.self) }
  ///
  /// `public` is needed: a release build drops the symbol otherwise.
  public func export(_ components: any Component.Type...) -> Status {
    for component in components {
      let status = register(component)
      guard status == 0 else { return status }
    }
    return 0
  }

  private func register(_ component: any Component.Type) -> Status {
    let made: (kind: Int, type: ComponentType)
    if let head = component as? any Head.Type {
      made = (Int(ZOO_KIND_HEAD), ComponentType(head: head))
    } else if let backbone = component as? any Backbone.Type {
      made = (Int(ZOO_KIND_BACKBONE), ComponentType(backbone: backbone))
    } else {
      return fail(ZooError.noComponent("\(component)"))
    }
    return component.name.withText { name in
      component.summary.withText { summary in
        component.version.withText { version in
          var table = componentTable(made.type)
          (table.kind, table.name, table.summary, table.version) = (UInt32(made.kind), name, summary, version)
          return pointee.host.pointee.register_component(self, &table)
        }
      }
    }
  }

  func fail(_ error: any Error) -> Status {
    let code = (error as? ZooError)?.code ?? Status(ZOO_E_INTERNAL)
    return "\(error)".withText { pointee.host.pointee.fail(self, code, $0) }
  }

  func emit(_ json: JSON) { emit(json.description) }
  func emit(_ text: String) { text.withText { pointee.host.pointee.emit(self, $0) } }

  /// The boundary: a Swift error becomes a status, its text goes to the host.
  func guarded(_ body: () throws -> Void) -> Status {
    do {
      try body()
      return 0
    } catch { return fail(error) }
  }
}
