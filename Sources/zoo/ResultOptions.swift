import ArgumentParser
import ZooArchive

/// Where the results of a measurement go.
struct ResultOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("Keep the results for 'zoo report'.", valueName: "results.json"))
  var output: String?
  @Flag(help: "Replace the output where it exists already.")
  var overwrite = false
  @Flag(help: "Machine-readable.")
  var json = false

  /// Before anything is measured.
  /// - Throws: where the output is in the way or cannot be written.
  func check() throws {
    if let output { try checkOutput(output, overwrite: overwrite) }
  }

  func give(_ results: JSONValue, text: @autoclosure () -> String) throws {
    if let output { try AtomicFile.write(results.pretty(), to: output) }
    print(json ? results.compact() : text())
  }
}
