/// The plugins in some folders, each loaded when a component of it is first asked for. Use from one thread.
///
/// A file that is broken hinders nobody who does not need it. With a prober, a child process looks into files first, and
/// this process loads the one file that is needed.
public final class Plugins {
  public let directories: [String]
  /// Files that are plugins and not named as such.
  public let passedOver: [String]
  private let files: [String]
  private let prober: PluginProber?
  private var tried: Set<String> = []
  private var components: [Component] = []
  private var problems: [HostError] = []

  /// - Parameter directories: as `PluginSearch.directories` orders them; those that do not exist are passed
  ///   over.
  public init(directories: [String], prober: PluginProber? = nil) {
    (self.directories, self.prober) = (directories, prober)
    files = PluginSearch.files(in: directories)
    passedOver = PluginSearch.misnamed(in: directories)
  }

  /// A backbone by its name.
  public func backbone(_ name: String) throws(HostError) -> Component { try component(.backbone, name) }
  /// A head by its name.
  public func head(_ name: String) throws(HostError) -> Component { try component(.head, name) }

  /// A component by its name: loads the file that provides it. Without a prober that is the file which is named after
  /// it, else one after the other is loaded until it is found.
  public func component(_ kind: ComponentKind, _ name: String) throws(HostError) -> Component {
    if let found = find(kind, name) { return found }
    if prober != nil {
      let owners = owners(kind, name)
      guard owners.count < 2 else { throw .ambiguous(kind, name, owners) }
      if let owner = owners.first {
        try load(owner)
      } else if let file = conventional(kind, name) {
        // Named after what is asked for, so what is wrong with it is the answer.
        if let problem = facts().first(where: { $0.file == file })?.problem { throw problem }
      }
      if let found = find(kind, name) { return found }
      throw .noComponent(kind, name, known: known(kind), problems: self.facts().compactMap(\.problem), passedOver)
    }
    if let file = conventional(kind, name) {
      try load(file)
      if let found = find(kind, name) { return found }
    }
    for file in files where !tried.contains(file) {
      try? load(file)
      if let found = find(kind, name) { return found }
    }
    throw .noComponent(kind, name, known: names(kind), problems: problems, passedOver)
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

  /// A file and what a child process said of it.
  public struct Found: Sendable {
    public let file: String
    public let facts: PluginFacts?
    public let problem: HostError?
  }
  private var told: [Found]?

  /// What the files hold, with none of their code in this process; without a prober, nothing.
  public func facts() -> [Found] {
    if let told { return told }
    let result = (prober?.facts(files) ?? []).map { file, result in
      switch result {
      case .success(let facts): Found(file: file, facts: facts, problem: nil)
      case .failure(let error): Found(file: file, facts: nil, problem: error)
      }
    }
    told = result
    return result
  }

  /// The files that provide a component of a name, whatever its kind. Where none does, and the file that is named after
  /// it is of no use, that is the answer.
  public func files(providing name: String) throws(HostError) -> [String] {
    let found = facts().filter { $0.facts?.components.contains { $0.name == name } ?? false }.map(\.file)
    guard found.isEmpty else { return found }
    let named = [ComponentKind.head, .backbone].compactMap { conventional($0, name) }
    if let problem = facts().first(where: { named.contains($0.file) })?.problem { throw problem }
    return []
  }

  /// All components of all files, none of them loaded here.
  private var componentFacts: [PluginFacts.ComponentFacts] {
    facts().flatMap { (found: Found) in found.facts?.components ?? [] }
  }

  /// The files that provide a component.
  func owners(_ kind: ComponentKind, _ name: String) -> [String] {
    facts().filter { $0.facts?.components.contains { $0.kind == kind && $0.name == name } ?? false }.map(\.file)
  }

  /// The files that provide a backbone of a name, or with a size of that name; all of them where no child is asked.
  func load(architecture name: String) throws(HostError) {
    guard prober != nil else {
      // `vit-b16` is most likely a size of `vit`: that file is loaded first, others when it is not.
      if let file = conventional(.backbone, String(name.prefix { $0 != "-" })) { try load(file) }
      return
    }
    let owners = facts().filter { found in
      found.facts?.components.contains {
        $0.kind == .backbone && ($0.name == name || $0.variants.contains { $0.name == name })
      } ?? false
    }
    guard owners.count < 2 else { throw .ambiguous(.backbone, name, owners.map(\.file)) }
    for owner in owners where !tried.contains(owner.file) { try load(owner.file) }
  }

  private func find(_ kind: ComponentKind, _ name: String) -> Component? {
    components.first { $0.kind == kind && $0.name == name }
  }

  private func names(_ kind: ComponentKind) -> [String] {
    components.filter { $0.kind == kind }.map(\.name).sorted()
  }

  private func known(_ kind: ComponentKind) -> [String] {
    componentFacts.filter { $0.kind == kind }.map(\.name).sorted()
  }

  /// Names of backbones and their sizes, in order.
  func knownArchitectures() throws(HostError) -> [String] {
    guard prober != nil else {
      var known: [String] = []
      for component in backbones.sorted(by: { $0.name < $1.name }) {
        known += [component.name] + (try component.description().variants.map(\.name))
      }
      return known
    }
    var known: [String] = []
    for backbone in componentFacts.filter({ $0.kind == .backbone }).sorted(by: { $0.name < $1.name }) {
      known += [backbone.name] + backbone.variants.map(\.name)
    }
    return known
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
      try InstallRecord.verify(file)
      let owner = { [components] (kind: ComponentKind, name: String) in
        components.first { $0.kind == kind && $0.name == name }?.file
      }
      components += try PluginLoader.load(file, owner: owner)
    } catch {
      problems.append(error)
      throw error
    }
  }

  /// Loads what is left, where no child process can be asked.
  func loadRest() { if prober == nil { _ = all() } }

  /// Backbones loaded so far.
  var backbones: [Component] { components.filter { $0.kind == .backbone } }
  var failures: [HostError] { prober == nil ? problems : facts().compactMap(\.problem) }
}
