import ZooABI
import ZooJSON

/// What is known of a plugin's file without its code in this process: read from its note, and told by a child process
/// that loaded it.
public struct PluginFacts: Sendable {
  public struct ComponentFacts: Sendable {
    public let kind: ComponentKind
    public let name: String
    public let summary: String
    public let version: String
    public let options: [ComponentDescription.Option]
    public let variants: [ComponentDescription.Variant]
    public let formats: [String]
    /// What it says of itself with the default options, as JSON; nil where they make none.
    public let declaration: String?
  }
  public let file: String
  public let note: PluginNote
  public let components: [ComponentFacts]
  /// Names of the plugin's own operations.
  public let operations: [String]

  /// Loads a plugin in this process, and asks.
  public init(loading file: String) throws(HostError) {
    self.file = file
    note = try PluginNote.read(file)
    let loaded = try PluginLoader.load(file, owner: { _, _ in nil })
    operations = loaded.first?.operationNames ?? []
    var components: [ComponentFacts] = []
    for component in loaded {
      let description = try component.description()
      components.append(
        ComponentFacts(
          kind: component.kind, name: component.name, summary: component.summary, version: component.version,
          options: description.options, variants: description.variants, formats: description.formats.map(\.name),
          declaration: component.defaultDeclaration()))
    }
    self.components = components
  }

  init(_ json: JSON, file: String) throws {
    self.file = file
    let note = try json.object("note")
    self.note = PluginNote(
      major: try note.int("major", in: 0...65535), needs: try note.int("needs", in: 0...65535),
      builtWith: try note.string("built-with"))
    operations = try json.strings("operations")
    components = try json.array("components").map { item in
      guard let kind = ComponentKind(rawValue: try item.string("kind")) else { throw JSONError("unknown kind") }
      return ComponentFacts(
        kind: kind, name: try item.string("name"), summary: try item.string("summary"),
        version: try item.string("version"),
        options: (try item.object("options").fields ?? []).map {
          .init(name: $0.key, defaultValue: $0.value.description)
        },
        variants: try item.array("variants").map {
          .init(name: try $0.string("name"), options: try $0.object("options").description)
        },
        formats: try item.strings("formats"),
        declaration: item.fields?.first { $0.key == "declaration" }?.value.description)
    }
  }

  var json: JSON {
    func parsed(_ text: String) -> JSON { (try? JSONParser.parse(text)) ?? .null }
    return .object([
      (
        "note",
        .object([
          ("major", .int(note.major)), ("needs", .int(note.needs)), ("built-with", .string(note.builtWith)),
        ])
      ),
      (
        "components",
        .array(
          components.map { item in
            .object(
              [
                ("kind", .string(item.kind.rawValue)), ("name", .string(item.name)),
                ("summary", .string(item.summary)), ("version", .string(item.version)),
                ("options", .object(item.options.map { ($0.name, parsed($0.defaultValue)) })),
                (
                  "variants",
                  .array(
                    item.variants.map { .object([("name", .string($0.name)), ("options", parsed($0.options))]) })
                ),
                ("formats", .array(item.formats.map(JSON.string))),
              ] + (item.declaration.map { [("declaration", parsed($0))] } ?? []))
          })
      ),
      ("operations", .array(operations.map(JSON.string))),
    ])
  }

  /// For scripts.
  public var jsonText: String { json.merged(with: .object([("file", .string(file))])).description }
}

extension Component {
  /// What it says of itself with the default options, as JSON.
  func defaultDeclaration() -> String? {
    guard let instance = try? instantiate(options: "{}") else { return nil }
    return (try? ComponentInstance.answer(self, "declare") { table.declare($0, instance.instance) })?.description
  }
}
