import ArgumentParser
import ZooArchive

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the models in the store.")

  @Argument(help: "Only names that match, * and ? being wild.")
  var pattern: String?
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let models = try shared.store().list().filter { model in pattern.map { Self.matches(model.reference, $0) } ?? true
      }
      if json {
        print(JSONValue.array(models.map(\.json)).pretty(), terminator: "")
        return
      }
      let width = models.map(\.reference.count).max() ?? 0
      for model in models {
        print(
          "\(padded(model.reference, width))  \(padded(bytesText(model.size), 9, right: true))  \(model.digest.prefix(12))"
        )
      }
      if models.isEmpty {
        printError(pattern == nil ? "no models; install one with: zoo fetch-local FILE.tar" : "no model matches")
      }
    }
  }

  /// Shell-like patterns.
  static func matches(_ name: String, _ pattern: String) -> Bool {
    func match(_ name: Substring, _ pattern: Substring) -> Bool {
      guard let next = pattern.first else { return name.isEmpty }
      if next == "*" {
        let rest = pattern.dropFirst()
        return match(name, rest) || (!name.isEmpty && match(name.dropFirst(), pattern))
      }
      guard let first = name.first, next == "?" || first == next else { return false }
      return match(name.dropFirst(), pattern.dropFirst())
    }
    // Runs of stars say no more than one, and would multiply the work.
    let single = pattern.reduce(into: "") { if !($1 == "*" && $0.last == "*") { $0.append($1) } }
    return match(name[...], single[...])
  }
}
