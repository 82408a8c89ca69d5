import ZooABI
import ZooGraph
import ZooJSON

/// A component of a size, which adds itself to graphs. One thread at a time.
public final class ComponentInstance {
  public enum Declaration: Sendable, Equatable {
    case backbone(BackboneDeclaration)
    case head(HeadDeclaration)
  }
  public let component: Component
  public let declaration: Declaration
  let instance: UnsafeMutableRawPointer?

  /// Takes over the instance; destroys it also when its declaration makes no sense.
  init(_ component: Component, _ instance: UnsafeMutableRawPointer?) throws(HostError) {
    (self.component, self.instance) = (component, instance)
    do {
      declaration = try Self.declare(component, instance)
    } catch {
      component.table.destroy(instance)
      throw error
    }
  }

  deinit { component.table.destroy(instance) }

  private static func declare(
    _ component: Component, _ instance: UnsafeMutableRawPointer?
  ) throws(HostError) -> Declaration {
    let json = try answer(component, "declare") { component.table.declare($0, instance) }
    do {
      return switch component.kind {
      case .backbone: .backbone(try BackboneDeclaration(json))
      case .head: .head(try HeadDeclaration(json))
      }
    } catch { throw .declaration(component, "declare", "\(error)") }
  }

  /// Makes a call that hands back JSON.
  static func answer(
    _ component: Component, _ call: String, _ body: (UnsafeMutablePointer<zoo_ctx>) -> zoo_status
  ) throws(HostError) -> JSON {
    let context = component.context(call)
    if let failure = context.call(body) { throw .call(component, call, failure) }
    do {
      return try JSONParser.parse(context.answer)
    } catch { throw .declaration(component, call, "\(error)") }
  }

  /// - Throws: `HostError` if it is a head.
  public func backboneDeclaration() throws(HostError) -> BackboneDeclaration {
    guard case .backbone(let declaration) = declaration else {
      throw .call(component, "declare", HostError.otherKind(.backbone))
    }
    return declaration
  }

  /// - Throws: `HostError` if it is a backbone.
  public func headDeclaration() throws(HostError) -> HeadDeclaration {
    guard case .head(let declaration) = declaration else {
      throw .call(component, "declare", HostError.otherKind(.head))
    }
    return declaration
  }

  /// How a checkpoint format (`timm`, `official`, `hf`) names and lays out the parameters.
  public func keyMap(_ format: String) throws(HostError) -> [KeyMapEntry] {
    guard let function = component.table.key_map else { throw .call(component, "key map", HostError.hasNone) }
    let json = try Self.answer(component, "key map") { ctx in format.withText { function(ctx, instance, $0) }
    }
    do {
      return try json.array("entries").map(KeyMapEntry.init)
    } catch { throw .declaration(component, "key map", "\(error)") }
  }

  /// How parameters follow another image size; none where nothing does.
  public func adaptations() throws(HostError) -> [Adaptation] {
    guard let function = component.table.adapt else { return [] }
    let json = try Self.answer(component, "adapt") { function($0, instance) }
    do {
      return try json.array("parameters").map(Adaptation.init)
    } catch { throw .declaration(component, "adapt", "\(error)") }
  }
}
