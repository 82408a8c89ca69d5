/// The plugins in some folders, each loaded when a component of it is first asked for. Use from one thread.
///
/// A file that is broken hinders nobody who does not need it.
public final class Plugins {
  public let directories: [String]
  private let files: [String]
  private var tried: Set<String> = []
  private var components: [Component] = []
  private var problems: [HostError] = []

  /// - Parameter directories: as `PluginSearch.directories` orders them; those that do not exist are passed
  ///   over.
  public init(directories: [String]) {
    self.directories = directories
    files = PluginSearch.files(in: directories)
  }

  /// A backbone by its name.
  public func backbone(_ name: String) throws(HostError) -> Component { try component(.backbone, name) }
  /// A head by its name.
  public func head(_ name: String) throws(HostError) -> Component { try component(.head, name) }

  /// A component by its name: loads the file that is named after it, else one file after the other until it
  /// is found.
  public func component(_ kind: ComponentKind, _ name: String) throws(HostError) -> Component {
    if let found = find(kind, name) { return found }
    if let file = conventional(kind, name) {
      try load(file)
      if let found = find(kind, name) { return found }
    }
    for file in files where !tried.contains(file) {
      try? load(file)
      if let found = find(kind, name) { return found }
    }
    throw .noComponent(kind, name, known: names(kind), problems: problems)
  }

  /// Loads everything.
  public func all() -> (components: [Component], problems: [HostError]) {
    for file in files where !tried.contains(file) { try? load(file) }
    return (components, problems)
  }

  /// The files and what their notes say, with none of their code run.
  public func scan() -> [(file: String, note: Result<PluginNote, HostError>)] {
    files.map { file in
      do throws(HostError) {
        return (file, .success(try PluginNote.read(file)))
      } catch { return (file, .failure(error)) }
    }
  }

  private func find(_ kind: ComponentKind, _ name: String) -> Component? {
    components.first { $0.kind == kind && $0.name == name }
  }

  private func names(_ kind: ComponentKind) -> [String] {
    components.filter { $0.kind == kind }.map(\.name).sorted()
  }

  /// `libzoo-backbone-vit.so`, or `libzoo-shipped-head-mlp.so`, if there is one that was not tried.
  func conventional(_ kind: ComponentKind, _ name: String) -> String? {
    let file = "\(kind.rawValue)-\(name).so"
    return files.first {
      ($0.hasSuffix("/libzoo-" + file) || $0.hasSuffix("/libzoo-shipped-" + file)) && !tried.contains($0)
    }
  }

  func load(_ file: String) throws(HostError) {
    tried.insert(file)
    do {
      let owner = { [components] (kind: ComponentKind, name: String) in
        components.first { $0.kind == kind && $0.name == name }?.file
      }
      components += try PluginLoader.load(file, owner: owner)
    } catch {
      problems.append(error)
      throw error
    }
  }

  /// Backbones loaded so far.
  var backbones: [Component] { components.filter { $0.kind == .backbone } }
  var failures: [HostError] { problems }
}
