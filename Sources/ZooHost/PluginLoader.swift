import Glibc
import ZooABI

/// Loads a plugin's file: reads its note, opens it for good, and lets it register. Nothing is ever unloaded.
enum PluginLoader {
  /// - Parameter owner: the file that provides a component already.
  static func load(
    _ path: String, owner: @escaping (ComponentKind, String) -> String?
  ) throws(HostError) -> [Component] {
    _ = try PluginNote.read(path)
    let entry = try entry(path)
    let context = CallContext(CallSite(file: path, component: nil, call: "registering"))
    let staging = Staging(file: path, owner: owner)
    context.staging = staging
    if let failure = context.call(entry) { throw .registration(path, failure) }
    guard !staging.components.isEmpty else { throw .registeredNothing(path) }
    let operations = OwnOperations(staging.operations)
    return staging.components.map { Component($0, operations: operations) }
  }

  /// The entry point of the file, which stays in the process until its end.
  private static func entry(_ path: String) throws(HostError) -> zoo_entry {
    // A name without a slash would be looked up in the library path.
    guard let full = realpath(path, nil) else { throw .file(path, .missing) }
    defer { free(full) }
    // Every symbol now, so that one that is missing is an error here and not a crash later; never unloaded,
    // because metadata and caches of the runtime point into the image.
    guard let library = dlopen(full, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
      throw .file(path, .loader(dlerror().map { String(cString: $0) } ?? "unknown reason"))
    }
    guard let symbol = dlsym(library, ZOO_ENTRY) else { throw .file(path, .noEntry) }
    return unsafeBitCast(symbol, to: zoo_entry.self)
  }
}

extension Component {
  /// All components of one file, loaded now.
  public static func all(in file: String) throws(HostError) -> [Component] {
    try PluginLoader.load(file, owner: { _, _ in nil })
  }
}
