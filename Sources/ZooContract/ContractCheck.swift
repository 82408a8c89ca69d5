import ZooEngine
import ZooGraph
import ZooHost

/// The contract that every plugin keeps, tried on one file in this process. Whoever does not trust the file does so in a
/// child process.
public struct ContractCheck {
  let file: String
  let settings: [(name: String, text: String)]

  /// - Parameter settings: options to try the components with, as texts; for those that have them.
  public init(file: String, settings: [(name: String, text: String)] = []) {
    (self.file, self.settings) = (file, settings)
  }

  /// Tries every point of every component.
  /// - Parameters:
  ///   - begin: called before a point is tried: should the process die, this is what killed it.
  ///   - end: called with what was found.
  public func run(
    begin: (_ subject: String, _ point: String) -> Void, end: (ContractVerdict) -> Void
  ) {
    let name = file.lastIndex(of: "/").map { String(file[file.index(after: $0)...]) } ?? file
    func attempt<Value>(_ subject: String, _ point: String, _ body: () throws -> (Value, String)) -> Value? {
      begin(subject, point)
      let outcome: ContractVerdict
      var result: Value?
      do {
        let (value, detail) = try body()
        result = value
        outcome = ContractVerdict(subject: subject, point: point, outcome: .passed, detail: detail)
      } catch let error as NotApplicable {
        outcome = ContractVerdict(subject: subject, point: point, outcome: .skipped, detail: error.reason)
      } catch {
        outcome = ContractVerdict(subject: subject, point: point, outcome: .failed, detail: Self.words(error))
      }
      end(outcome)
      return result
    }
    guard
      attempt(
        name, "note",
        {
          let note = try PluginNote.read(file)
          return ((), "ABI \(note.version) or newer, \(note.builtWith)")
        }) != nil
    else { return }
    guard
      let components = attempt(
        name, "registration",
        { () -> ([Component], String) in
          let components = try Component.all(in: file)
          return (
            components, components.map { "\($0.kind.rawValue) '\($0.name)' \($0.version)" }.joined(separator: ", ")
          )
        }),
      let engines = attempt(
        name, "engine",
        { () -> (Engines, String) in
          let engines = Engines(one: try Engine(threads: 1), two: try Engine(threads: 2))
          return (engines, engines.one.version)
        })
    else { return }
    if let odd = unknownSetting(components) {
      let _: Void? = attempt(name, "options to try") { throw odd }
      return
    }
    for component in components {
      let title = "\(component.kind.rawValue) '\(component.name)'"
      guard
        let (subject, surroundings) = attempt(
          title, "declaration and build",
          { () -> ((Subject, Surroundings), String) in
            let subject = Subject(component: component, options: try options(component))
            return ((subject, try subject.fitting(Surroundings())), "options \(subject.options)")
          })
      else { continue }
      for point in Point.all {
        _ = attempt(title, point.name) { ((), try point.attempt(subject, surroundings, engines)) }
      }
    }
  }

  /// A digest of what every component computes, for comparing processes; components that cannot be tried have none.
  public func digests() throws -> [(subject: String, digest: String)] {
    let engines = Engines(one: try Engine(threads: 1), two: try Engine(threads: 2))
    let components = try Component.all(in: file)
    guard unknownSetting(components) == nil else { return [] }
    return try components.compactMap { component in
      let subject = Subject(component: component, options: try options(component))
      guard let surroundings = try? subject.fitting(Surroundings()),
        let digest = try? Point.digest(subject, surroundings, engines)
      else { return nil }
      return (subject.title, digest)
    }
  }

  /// Why the options to try are no use: one of them is no component's.
  private func unknownSetting(_ components: [Component]) -> Broken? {
    guard !settings.isEmpty, let described = try? components.map({ try $0.description().options.map(\.name) })
    else { return nil }
    let known = described.flatMap { $0 }
    return settings.first { !known.contains($0.name) }.map { .unknownOption($0.name, known: known) }
  }

  private func options(_ component: Component) throws -> String {
    let known = try component.description().options.map(\.name)
    return try component.options(settings: settings.filter { known.contains($0.name) })
  }

  /// An error without the component and file, which are said already.
  private static func words(_ error: any Error) -> String { (error as? HostError)?.detail ?? "\(error)" }
}
