import ZooABI
import ZooJSON

/// What a plugin provides: a kind of backbone or head, not yet of any size. Usable from any thread.
public final class Component: Sendable {
  public let kind: ComponentKind
  public let name: String
  public let summary: String
  public let version: String
  /// The plugin's file.
  public let file: String
  let table: zoo_component
  /// What its plugin brought beside the host's operations.
  let operations: OwnOperations

  init(_ table: zoo_component, _ kind: ComponentKind, file: String, operations: OwnOperations = OwnOperations([])) {
    (name, summary, version) = (String(table.name), String(table.summary), String(table.version))
    (self.kind, self.file, self.operations) = (kind, file, operations)
    var table = table
    // The texts belonged to the plugin for the call alone.
    (table.name, table.summary, table.version) = (zoo_str(), zoo_str(), zoo_str())
    self.table = table
  }

  /// The same with the operations of its plugin, which may register them later than it.
  init(_ other: Component, operations: OwnOperations) {
    (kind, name, summary, version) = (other.kind, other.name, other.summary, other.version)
    (file, table) = (other.file, other.table)
    self.operations = operations
  }

  var subject: String { "\(kind.rawValue) '\(name)' (\(file))" }
  /// Names of its plugin's own operations.
  public var operationNames: [String] { operations.kernels.map(\.name) }

  /// A context for a call of this component.
  func context(_ call: String) -> CallContext {
    CallContext(CallSite(file: file, component: "\(kind.rawValue) '\(name)'", call: call))
  }

  /// Its options with their defaults, and the sizes that have names.
  public func description() throws(HostError) -> ComponentDescription {
    let context = context("describe")
    if let failure = context.call({ table.describe($0, table.type) }) {
      throw .call(self, "describe", failure)
    }
    do {
      return try ComponentDescription(JSONParser.parse(context.answer))
    } catch { throw .declaration(self, "describe", "\(error)") }
  }

  /// A component of a size.
  /// - Parameter options: a JSON object; what it lacks has its default.
  /// - Throws: `HostError` of kind `options`, its detail as the component worded it.
  public func instantiate(options: String) throws(HostError) -> ComponentInstance {
    let context = context("create")
    var instance: UnsafeMutableRawPointer?
    let failure = context.call { ctx in options.withText { table.create(ctx, table.type, $0, &instance) } }
    if let failure { throw .options(self, failure) }
    return try ComponentInstance(self, instance)
  }
}

/// A component's options and named sizes.
public struct ComponentDescription: Sendable {
  public struct Option: Sendable, Equatable {
    public let name: String
    /// As JSON text.
    public let defaultValue: String
  }
  public struct Variant: Sendable, Equatable {
    public let name: String
    /// A JSON object.
    public let options: String
  }
  /// In the order in which the component has them.
  public let options: [Option]
  public let variants: [Variant]
  /// Checkpoint formats, with the options (a JSON object) under which the component computes as their
  /// libraries do.
  public let formats: [Variant]

  let defaults: JSON

  /// The options of a checkpoint format as a JSON object, empty for an unknown one.
  public func formatOptions(_ name: String) -> String { formats.first { $0.name == name }?.options ?? "{}" }

  init(_ json: JSON) throws {
    defaults = try json.object("options")
    options = (defaults.fields ?? []).map { Option(name: $0.key, defaultValue: $0.value.description) }
    func named(_ key: String) throws -> [Variant] {
      try json.array(key).map {
        Variant(name: try $0.string("name"), options: try $0.object("options").description)
      }
    }
    variants = try named("variants")
    formats = json.fields?.contains { $0.key == "formats" } == true ? try named("formats") : []
  }
}
