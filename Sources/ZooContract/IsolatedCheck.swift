import ZooHost
import ZooJSON

/// The contract's points tried in child processes: whatever the plugin does, this process goes on. A second process
/// computes everything again, so that what depends on time or addresses shows.
public struct IsolatedCheck {
  private let executable: String
  private let environment: [String: String]
  private let seconds: Int

  /// - Parameter executable: `zoo`, whose hidden command `plugin check-inside` calls `inside`.
  public init(executable: String, environment: [String: String], seconds: Int) {
    (self.executable, self.environment, self.seconds) = (executable, environment, seconds)
  }

  /// - Parameter each: receives every verdict as soon as it is there.
  public func run(_ file: String, settings: [String], each: (ContractVerdict) -> Void) -> [ContractVerdict] {
    var lines = LineReader()
    var verdicts: [ContractVerdict] = []
    var current: (subject: String, point: String)?
    func take(_ verdict: ContractVerdict) {
      verdicts.append(verdict)
      each(verdict)
    }
    let arguments = ["plugin", "check-inside", file] + settings.flatMap { ["--set", $0] }
    let end = PluginChild.run(executable, arguments, environment: environment, seconds: seconds) { bytes in
      for line in lines.take(bytes) {
        guard let json = try? JSONParser.parse(line), let subject = try? json.string("subject"),
          let point = try? json.string("point")
        else { continue }
        guard let text = try? json.string("outcome"), let outcome = ContractVerdict.Outcome(rawValue: text) else {
          current = (subject, point)
          continue
        }
        current = nil
        take(
          ContractVerdict(
            subject: subject, point: point, outcome: outcome, detail: (try? json.string("detail")) ?? ""))
      }
    }
    if let fault = end.fault {
      take(
        ContractVerdict(
          subject: current?.subject ?? file, point: current?.point ?? "check", outcome: .failed,
          detail: "the process \(fault)"))
      return verdicts
    }
    guard !verdicts.isEmpty, !verdicts.contains(where: { $0.point == "registration" && $0.outcome == .failed }),
      verdicts.contains(where: { $0.point == "registration" })
    else { return verdicts }
    for verdict in repeatable(file, settings) { take(verdict) }
    return verdicts
  }

  /// The digests of two fresh processes, one beside the other.
  private func repeatable(_ file: String, _ settings: [String]) -> [ContractVerdict] {
    let arguments = ["plugin", "check-inside", file, "--digests"] + settings.flatMap { ["--set", $0] }
    let texts = (0..<2).map { number in
      // Another environment moves the stack.
      let moved = environment.merging(["ZOO_CHECK_PASS": String(repeating: "x", count: 1 + number * 4099)]) { $1 }
      var bytes: [UInt8] = []
      _ = PluginChild.run(executable, arguments, environment: moved, seconds: seconds) { bytes += $0 }
      return String(decoding: bytes, as: UTF8.self)
    }
    func digests(_ text: String) -> [(subject: String, digest: String)] {
      (try? JSONParser.parse(text).array("digests").map { (try $0.string("subject"), try $0.string("digest")) }) ?? []
    }
    let (first, second) = (digests(texts[0]), digests(texts[1]))
    return first.map { subject, digest in
      let same = second.contains { $0.subject == subject && $0.digest == digest }
      return ContractVerdict(
        subject: subject, point: "two processes", outcome: same ? .passed : .failed,
        detail: same
          ? "identical bytes" : "graph, outputs or gradients differ between two runs: they depend on time or addresses")
    }
  }

  /// In the child: false where the parent cannot be told.
  public static func inside(_ file: String, settings: [String], digests: Bool) -> Bool {
    let pairs = settings.map { setting in
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return (name: parts[0], text: parts.count > 1 ? parts[1] : "")
    }
    let check = ContractCheck(file: file, settings: pairs)
    if digests {
      let items = ((try? check.digests()) ?? []).map { item in
        JSON.object([("subject", .string(item.subject)), ("digest", .string(item.digest))])
      }
      return PluginProber.send(JSON.object([("digests", .array(items))]).description)
    }
    var told = true
    func send(_ fields: [(key: String, value: JSON)]) {
      told = PluginProber.send(JSON.object(fields).description + "\n") && told
    }
    check.run(
      begin: { send([("subject", .string($0)), ("point", .string($1))]) },
      end: { verdict in
        send([
          ("subject", .string(verdict.subject)), ("point", .string(verdict.point)),
          ("outcome", .string(verdict.outcome.rawValue)), ("detail", .string(verdict.detail)),
        ])
      })
    return told
  }
}

/// Whole lines of bytes that come in pieces.
private struct LineReader {
  private var rest: [UInt8] = []

  mutating func take(_ bytes: [UInt8]) -> [String] {
    rest += bytes
    var lines: [String] = []
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(String(decoding: rest[..<end], as: UTF8.self))
      rest.removeSubrange(...end)
    }
    return lines
  }
}
