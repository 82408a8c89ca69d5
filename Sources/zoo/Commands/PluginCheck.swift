import ArgumentParser
import ZooArchive
import ZooContract
import ZooHost

struct PluginCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a plugin against the contract, in processes of their own.")
  @Argument(help: "libzoo-*.so, or the name of a backbone or head.")
  var plugin: String
  @Option(name: .customLong("set"), help: ArgumentHelp("Try it with this option.", valueName: "option=value"))
  var settings: [String] = []
  @Option(help: ArgumentHelp("Give up after so long.", valueName: "seconds"))
  var limit = 300
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    if let odd = settings.first(where: { !$0.contains("=") }) {
      throw ValidationError("--set \(odd): write OPTION=VALUE")
    }
    if limit < 1 { throw ValidationError("--limit must be at least 1") }
  }

  func run() throws {
    try reporting {
      let file = try path()
      let check = IsolatedCheck(
        executable: PluginSearch.executable() ?? "/proc/self/exe", environment: shared.environment, seconds: limit)
      let verdicts = check.run(file, settings: settings) { verdict in
        if !json { print(Self.line(verdict)) }
      }
      let failed = verdicts.filter { $0.outcome == .failed }.count
      if json {
        let items = verdicts.map { verdict in
          JSONValue.object([
            "subject": .string(verdict.subject), "point": .string(verdict.point),
            "outcome": .string(verdict.outcome.rawValue), "detail": .string(verdict.detail),
          ])
        }
        print(
          JSONValue.object(["file": .string(file), "passed": .bool(failed == 0), "verdicts": .array(items)]).pretty(),
          terminator: "")
      } else {
        print(failed == 0 ? "keeps the contract" : "\(failed) of \(verdicts.count) points failed")
      }
      if failed > 0 { throw ExitCode(1) }
    }
  }

  private func path() throws -> String {
    if plugin.contains("/") || plugin.hasSuffix(".so") { return plugin }
    if let file = try shared.plugins().files(providing: plugin).first { return file }
    throw ValidationError("there is no backbone or head '\(plugin)'; give its file, or a name of `zoo plugin list`")
  }

  private static func line(_ verdict: ContractVerdict) -> String {
    let mark =
      switch verdict.outcome {
      case .passed: "ok    "
      case .failed: "FAILED"
      case .skipped: "-     "
      }
    return "\(mark)  \(padded(verdict.subject, 20))  \(padded(verdict.point, 24))  \(verdict.detail)"
  }
}

/// What `plugin check` runs: the checks themselves, told to the parent line by line.
struct PluginCheckInside: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "check-inside", shouldDisplay: false)
  @Argument var file: String
  @Option(name: .customLong("set")) var settings: [String] = []
  @Flag var digests = false

  func run() throws {
    if !IsolatedCheck.inside(file, settings: settings, digests: digests) { throw ExitCode(1) }
  }
}
