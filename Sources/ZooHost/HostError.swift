import ZooJSON

/// What went wrong with a plugin, a component or a call into one.
public struct HostError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// No component, architecture or file of that name.
    case notFound
    /// The file is no plugin, or one that this host cannot load.
    case file
    /// The plugin loaded, its registration was refused.
    case registration
    /// Options that the component refuses; the detail begins with the option's path, `options.width: …`.
    case options
    /// What a component said of itself makes no sense.
    case declaration
    /// A call failed.
    case call
  }
  public let kind: Kind
  /// The file, or the component and its file; empty for a search.
  public let subject: String
  public let detail: String

  init(_ kind: Kind, _ subject: String, _ detail: String) {
    (self.kind, self.subject, self.detail) = (kind, subject, detail)
  }

  public var description: String { subject.isEmpty ? detail : subject + ": " + detail }
}

// Every sentence of this room.

extension HostError {
  enum FileFault {
    case missing, notLibrary, truncated, noNote
    case otherMajor(PluginNote)
    case newerMinor(PluginNote)
    case loader(String)
    case noEntry
    case changed(String, recorded: String)
    case badRecord(String)
    case badAnswer(String)
    case otherName
    case otherDigest(String, expected: String)
    case cannotRemove(String)
  }

  static func file(_ path: String, _ fault: FileFault) -> HostError {
    let speaks = "this zoo speaks \(PluginNote.hostVersion)"
    return switch fault {
    case .missing: HostError(.file, path, "no such file")
    case .notLibrary: HostError(.file, path, "not a shared library for this machine")
    case .truncated: HostError(.file, path, "the file is cut short")
    case .noNote: HostError(.file, path, "not a zoo plugin (no zoo note in it)")
    case .otherMajor(let note):
      HostError(
        .file, path,
        "built for zoo plugin ABI \(note.version), \(speaks); rebuild it with the current SDK "
          + "(built with: \(note.builtWith))"
      )
    case .newerMinor(let note):
      HostError(.file, path, "needs zoo plugin ABI \(note.version), \(speaks); update zoo")
    case .loader(let text): HostError(.file, path, "cannot load: \(text)")
    case .noEntry:
      HostError(.file, path, "exports no zoo_plugin_main; is it marked `@c(zoo_plugin_main) public`?")
    case .changed(let digest, let recorded):
      HostError(
        .file, path,
        "changed since it was installed (its SHA-256 is \(digest.prefix(12))…, recorded was \(recorded.prefix(12))…); "
          + "install it again if that is meant")
    case .badRecord(let text): HostError(.file, path, "the record of its installation makes no sense: \(text)")
    case .badAnswer(let text): HostError(.file, path, "what was learned of it makes no sense: \(text)")
    case .otherName: HostError(.file, path, "a plugin's file is named libzoo-*.so; rename it")
    case .otherDigest(let digest, let expected):
      HostError(.file, path, "its SHA-256 is \(digest), not \(expected); nothing was installed")
    case .cannotRemove(let text): HostError(.file, path, "cannot be removed: \(text)")
    }
  }

  /// A child's words on a file.
  static func probed(_ path: String, _ text: String) -> HostError { HostError(.registration, path, text) }
  static func crashedRegistering(_ signal: Int32) -> String {
    "crashed while registering (\(CrashReport.name(signal)))"
  }
  static func hungRegistering(_ seconds: Int) -> String { "did not finish registering in \(seconds) s" }
  static func endedRegistering(_ code: Int32) -> String {
    "ended the process while registering (exit code \(code))"
  }

  static func ambiguous(_ kind: ComponentKind, _ name: String, _ owners: [String]) -> HostError {
    HostError(
      .notFound, "",
      "the \(kind.rawValue) '\(name)' is provided by \(owners.joined(separator: " and by ")); remove or rename one")
  }
  static func taken(_ kind: ComponentKind, _ name: String, file: String, owner: String) -> HostError {
    HostError(
      .registration, file,
      "provides the \(kind.rawValue) '\(name)', which \(owner) provides already; nothing was installed")
  }
  static func installed(_ target: String) -> HostError {
    HostError(.file, target, "is installed already, with other content; --replace puts this one in its place")
  }
  static func notInstalled(_ name: String, _ folder: String, known: [String]) -> HostError {
    HostError(
      .notFound, folder,
      "no plugin '\(name)' is installed here"
        + (known.isEmpty ? "" : "; installed: \(known.joined(separator: ", "))"))
  }
  static func severalInstalled(_ name: String, _ files: [String]) -> HostError {
    HostError(.notFound, "", "'\(name)' is in \(files.joined(separator: " and ")); name the file")
  }
  private static func passedOver(_ files: [String]) -> String {
    files.map { "\n  passed over: \($0): a plugin, but not named libzoo-*.so" }.joined()
  }

  static func registration(_ path: String, _ text: String) -> HostError {
    HostError(.registration, path, "registration failed: \(text)")
  }
  static func registeredNothing(_ path: String) -> HostError {
    HostError(.registration, path, "registered nothing")
  }

  static func noComponent(
    _ kind: ComponentKind, _ name: String, known: [String], problems: [HostError], _ misnamed: [String]
  )
    -> HostError
  {
    let near = nearest(name, known)
    var text = "no plugin provides the \(kind.rawValue) '\(name)'" + (near.map { "; did you mean '\($0)'? " } ?? "; ")
    text += known.isEmpty ? "no \(kind.rawValue) was found" : "known: \(known.joined(separator: ", "))"
    if near == nil { text += "; `zoo plugin install FILE` adds one" }
    text += problems.map { "\n  not loaded: \($0)" }.joined() + passedOver(misnamed)
    return HostError(.notFound, "", text)
  }

  static func noArchitecture(
    _ name: String, known: [String], problems: [HostError], _ misnamed: [String]
  ) -> HostError {
    let near = nearest(name, known).map { "; did you mean '\($0)'?" } ?? ";"
    var text = "no architecture '\(name)'\(near) "
    text += known.isEmpty ? "no backbone was found" : "known: \(known.joined(separator: ", "))"
    text += problems.map { "\n  not loaded: \($0)" }.joined() + passedOver(misnamed)
    return HostError(.notFound, "", text)
  }

  static func call(_ component: Component, _ call: String, _ text: String) -> HostError {
    HostError(.call, component.subject, "\(call): \(text)")
  }
  static func options(_ component: Component, _ text: String) -> HostError {
    HostError(.options, component.subject, text)
  }
  static func declaration(_ component: Component, _ call: String, _ text: String) -> HostError {
    HostError(.declaration, component.subject, "\(call): \(text)")
  }
  static func badOptions(_ text: String) -> HostError { HostError(.options, "", "options: \(text)") }

  static func otherKind(_ wanted: ComponentKind) -> String { "is no \(wanted.rawValue)" }
  static let hasNone = "it has none"
  static func arrayShape(_ name: String) -> String {
    "the array '\(name)' does not have as many elements as its shape"
  }
  static func predictions(_ rows: Int) -> String { "must give a list of \(rows) predictions, one a row" }
  static func noImage(_ shape: String) -> String {
    "the image must be [batch, height, width, channels], it is \(shape)"
  }
  static func silent(_ status: Int32) -> String { "failed with status \(status) and no message" }
}

/// Why the host refuses a plugin's call; the plugin may go on without it.
struct Refusal: Error {
  let code: RefusalCode
  let text: String

  init(_ code: RefusalCode, _ text: String) { (self.code, self.text) = (code, text) }

  // Registration.
  static let notRegistering = Refusal(.invalid, "components are registered in zoo_plugin_main alone")
  static let noTable = Refusal(.invalid, "no component table was given")
  static func shortTable(_ what: String, _ size: Int, minimum: Int) -> Refusal {
    Refusal(.invalid, "\(what) table of \(size) bytes is shorter than the first one's \(minimum)")
  }
  static func unknownKind(_ kind: UInt32, _ name: String) -> Refusal {
    Refusal(.unsupported, "component '\(name)' is of kind \(kind), which this zoo does not know")
  }
  static func componentName(_ name: String) -> Refusal {
    Refusal(.invalid, "component name '\(name)' must be of a-z, 0-9 and -, beginning with a letter")
  }
  static func flags(_ name: String) -> Refusal {
    Refusal(.unsupported, "component '\(name)' sets reserved flags")
  }
  static func noFunction(_ what: String, _ function: String, _ name: String) -> Refusal {
    Refusal(.invalid, "\(what) '\(name)' has no function '\(function)'")
  }
  static func ownName(_ name: String) -> Refusal {
    Refusal(.invalid, "operation name '\(name)' must be like 'team/name@1', of a-z, 0-9 and -")
  }
  static func ownFlags(_ name: String) -> Refusal {
    Refusal(.unsupported, "operation '\(name)' sets reserved flags")
  }
  static func ownOutputs(_ name: String, _ count: Int) -> Refusal {
    Refusal(.invalid, "operation '\(name)' has \(count) outputs; 1 to 64 are possible")
  }
  static func ownTwice(_ name: String) -> Refusal {
    Refusal(.duplicate, "operation '\(name)' is registered twice")
  }
  static func duplicate(_ kind: ComponentKind, _ name: String, owner: String) -> Refusal {
    Refusal(.duplicate, "\(kind.rawValue) '\(name)' is already provided by \(owner)")
  }
  static func registeredTwice(_ kind: ComponentKind, _ name: String) -> Refusal {
    Refusal(.duplicate, "\(kind.rawValue) '\(name)' is registered twice")
  }

  // Building.
  static func unknownOwn(_ name: String, known: [String]) -> Refusal {
    Refusal(
      .unsupported,
      "this plugin has no operation '\(name)' of its own"
        + (known.isEmpty ? "" : "; it has \(known.joined(separator: ", "))"))
  }
  static func notBuilding(_ call: String) -> Refusal {
    Refusal(.invalid, "\(call): no graph is being built in this call")
  }
  static func noPlace(_ call: String) -> Refusal {
    Refusal(.invalid, "\(call): no place for the result was given")
  }
  static func noArray(_ call: String) -> Refusal {
    Refusal(.invalid, "\(call): a list has a length and no place")
  }
  static func tooLong(_ call: String, _ count: Int) -> Refusal {
    Refusal(.invalid, "\(call): a list of \(count) is too long")
  }
  static func node(_ call: String, _ which: String, _ node: UInt32) -> Refusal {
    Refusal(.invalid, "\(call): \(which) is no node of this graph (\(node))")
  }
  static func unknownFact(_ name: String) -> Refusal {
    Refusal(.unsupported, "info: this build has no '\(name)'")
  }
  static func headOnly(_ call: String) -> Refusal { Refusal(.invalid, "\(call): only heads have it") }
  static func backboneOnly(_ call: String) -> Refusal { Refusal(.invalid, "\(call): only backbones have it") }
  static func noInput(_ name: String) -> Refusal {
    Refusal(.invalid, "input: a backbone's only input is 'image', not '\(name)'")
  }
  static func undeclaredInput(_ name: String, declared: [String]) -> Refusal {
    Refusal(
      .invalid, "input: '\(name)' is not among the declared inputs (\(declared.joined(separator: ", ")))")
  }
  static func noTarget(_ kind: String) -> Refusal {
    Refusal(.unsupported, "target: there is no '\(kind)' target in this phase; ask for has_target first")
  }
  static func otherTarget(_ kind: String, have: String) -> Refusal {
    Refusal(.unsupported, "target: this task's target is '\(have)', not '\(kind)'")
  }
  static func targetParts(_ kind: String, _ count: Int, _ asked: Int) -> Refusal {
    Refusal(.invalid, "target: '\(kind)' has \(count) parts, \(asked) were asked for")
  }
  static func name(_ call: String, _ name: String) -> Refusal {
    Refusal(.invalid, "\(call): the name '\(name)' must be of letters, digits, '_', '.' and '-'")
  }
  static func publishedName(_ call: String, _ name: String) -> Refusal {
    Refusal(.invalid, "\(call): the name '\(name)' must be of a-z, 0-9, '_', '.' and '-'")
  }
  static func taken(_ call: String, _ name: String) -> Refusal {
    Refusal(
      .duplicate, name.isEmpty ? "\(call): there is a main one already" : "\(call): '\(name)' exists already")
  }
  static func rank(_ call: String, _ rank: Int) -> Refusal {
    Refusal(.shape, "\(call): a rank of \(rank) is more than this zoo knows")
  }
  static func attribute(_ call: String, _ text: String) -> Refusal { Refusal(.invalid, "\(call): \(text)") }
  static func initial(_ name: String, _ text: String, forms: String) -> Refusal {
    Refusal(.invalid, "parameter '\(name)': initialiser '\(text)' is none of \(forms)")
  }
  static func notState() -> Refusal { Refusal(.invalid, "update: the node is no state") }
  static func updateShape(_ name: String, _ want: String, _ got: String) -> Refusal {
    Refusal(.shape, "update: state '\(name)' is \(want), the new value is \(got)")
  }
  static func outputs(_ operation: String, _ have: Int, _ asked: Int) -> Refusal {
    Refusal(.invalid, "\(operation): \(asked) outputs were asked for, it has \(have)")
  }
  static func undeclaredOutput(_ name: String, declared: [String]) -> Refusal {
    Refusal(
      .invalid, "output: '\(name)' is not among the declared outputs (\(declared.joined(separator: ", ")))")
  }
  static func batched(_ call: String, _ name: String, _ got: String) -> Refusal {
    Refusal(.shape, "\(call): '\(name)' must be float32 with the batch first, not \(got)")
  }
  static func lossShape(_ name: String, _ got: String) -> Refusal {
    let what = name.isEmpty ? "the loss" : "loss '\(name)'"
    return Refusal(.shape, "loss: \(what) must be float32 [batch], one number an example, not \(got)")
  }
  static func lossWeight(_ name: String) -> Refusal {
    Refusal(.invalid, "loss: the weight of '\(name)' must be finite")
  }
  static func dimension(_ call: String, _ axis: Int, _ size: Int) -> Refusal {
    Refusal(.shape, "\(call): dimension \(axis) is \(size); it must be positive, and there is no batch")
  }
}

/// What was missing or odd after a build that reported success.
enum BuildFault {
  static let noActivation = "no activation was published"
  static func pooled(_ got: String, features: Int) -> String {
    "the activation 'pooled' is \(got), declared were \(features) features"
  }
  static func missingOutput(_ name: String) -> String { "the declared output '\(name)' was not published" }
  static let noLoss = "there is a target and no main loss was given"
  static func missingActivation(_ name: String, known: [String]) -> String {
    "needs the activation '\(name)', the backbone has: \(known.joined(separator: ", "))"
  }
  static func headName(_ name: String) -> String {
    "a head cannot be named '\(name)': letters, digits, '_' and '-'"
  }
}
