import ZooArchive
import ZooHost

/// A plugin that an archive needs, and the one that is there for it.
struct PluginPresence {
  let needed: Manifest.Plugin
  /// nil if there is none of that kind and name.
  let found: Component?

  init(_ needed: Manifest.Plugin, in plugins: Plugins) {
    self.needed = needed
    found = ComponentKind(rawValue: needed.kind).flatMap { try? plugins.component($0, needed.id) }
  }

  /// `backbone 'vit' 1.0: found 1.0 (FILE)`.
  var text: String {
    "\(needed.kind) '\(needed.id)' \(needed.version): "
      + (found.map { "found \($0.version) (\($0.file))" } ?? "NOT FOUND on this machine")
  }

  var json: JSONValue {
    [
      "id": .string(needed.id), "kind": .string(needed.kind), "version": .string(needed.version),
      "found": found.map { ["version": .string($0.version), "file": .string($0.file)] } ?? .null,
    ]
  }
}
