import ArgumentParser
import FoundationEssentials
import Glibc
import ZooArchive
import ZooEngine
import ZooHost
import ZooRecipe
import ZooReport
import ZooTrain

/// What commands share: where plugins and models are.
struct SharedOptions: ParsableArguments {
  @Option(
    name: .customLong("plugins"), help: ArgumentHelp("Look for plugins in this folder first.", valueName: "folder"))
  var pluginFolders: [String] = []

  var environment: [String: String] { ProcessInfo.processInfo.environment }

  func plugins() -> Plugins {
    Plugins(
      directories: PluginSearch.directories(
        explicit: pluginFolders, environment: environment, executable: PluginSearch.executable()),
      prober: prober())
  }

  /// Looks into plugins by running this program again.
  func prober() -> PluginProber {
    PluginProber(
      executable: PluginSearch.executable() ?? "/proc/self/exe", environment: environment,
      cache: PluginProber.cachePath(environment: environment))
  }

  func store() throws -> Store { try Store(environment: environment) }

  /// A model by its name in the store or the path of an archive.
  /// - Parameter mapped: whether an archive's weights are to be mapped too, as those of a model in the store are.
  func open(_ model: String, mapped: Bool = false) throws -> Model {
    let store = try store()
    return try Model.open(try ModelReference.find(model, store: store), in: store, plugins: plugins(), mapped: mapped)
  }
}

/// How to compute.
struct EngineOptions: ParsableArguments {
  @Option(help: "The matrix library.")
  var engine: ZooEngine.EngineChoice?
  @Option(help: ArgumentHelp("Threads to compute with (default: all processors).", valueName: "n"))
  var threads: Int?

  @Option(help: "What products and convolutions multiply.")
  var precision: ZooEngine.PrecisionChoice?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  /// - Parameter deterministic: as in a recipe's `train.deterministic`, which holds too.
  func open(recipe: Recipe? = nil, deterministic: Bool = false) throws -> Engine {
    let fromRecipe = (recipe?.engine).flatMap { ZooEngine.EngineChoice(rawValue: $0.rawValue) }
    let said = (recipe?.precision).flatMap { ZooEngine.PrecisionChoice(rawValue: $0.rawValue) }
    return try Engine(
      engine ?? fromRecipe ?? .auto, threads: threads ?? recipe?.threads, precision: precision ?? said ?? .f32,
      deterministic: deterministic || recipe?.train.deterministic == .threads)
  }
}

extension ZooEngine.EngineChoice: ExpressibleByArgument {}
extension ZooEngine.PrecisionChoice: ExpressibleByArgument {}
extension Recompute: ExpressibleByArgument {}

/// Words an error once: one line plus context on standard error, and the exit code: 1 failed, 2 wrong use.
func reporting(_ body: () throws -> Void) throws {
  do { try body() } catch let error as ValidationError {
    throw error
  } catch let error as ExitCode {
    throw error
  } catch {
    printError("error: \(error)")
    throw ExitCode(isWrongUse(error) ? 2 : 1)
  }
}

/// A complaint about an architecture or its options, in the words of the command line that gave them.
func namingArguments<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as HostError where error.kind == .notFound {
    throw RecipeError(at: SourceLocation(file: "--architecture"), error.detail)
  } catch let error as HostError where error.kind == .options {
    // The SDK words it `options: …` or `options.width: …`.
    let words = error.detail.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard words.count == 2, words[0].hasPrefix("options") else { throw error }
    let option = words[0].dropFirst("options.".count)
    throw RecipeError(
      at: SourceLocation(file: option.isEmpty ? "--set" : "--set \(option)"), String(words[1].drop { $0 == " " }))
  }
}

/// A mistake in a recipe is wrong use, and so is the name of something that is not there. A file that is missing or broken,
/// be it the recipe, is a failure.
private func isWrongUse(_ error: any Error) -> Bool {
  switch error {
  case let error as RecipeError, TrainError.recipe(let error): !error.concernsFile
  case is UnknownPlugin, TrainError.unknownName: true
  case let error as ArchiveError: error.isOfGivenName
  default: false
  }
}

/// The name of a plugin that somebody gave and that is not there; an archive's plugin that is missing is no such mistake.
private struct UnknownPlugin: Error, CustomStringConvertible {
  let description: String
}

/// A complaint about the name of a plugin that the command line gave.
func namingPlugin<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as HostError where error.kind == .notFound {
    throw UnknownPlugin(description: error.description)
  }
}

func printError(_ text: String) { writeAll(STDERR_FILENO, text + "\n") }

func writeAll(_ descriptor: Int32, _ text: String) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { return }
    bytes = bytes.dropFirst(written)
  }
}

/// Rounded to two significant digits, such as 1.2e-07.
func rough(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
  let scale = pow(10, floor(log10(abs(value))) - 1)
  return "\(Float((value / scale).rounded() * scale))"
}

/// Bytes as people read them.
func bytesText(_ count: Int) -> String {
  switch count {
  case ..<1_000: "\(count) B"
  case ..<1_000_000: fixed(Double(count) / 1e3, 1) + " kB"
  case ..<1_000_000_000: fixed(Double(count) / 1e6, 1) + " MB"
  default: fixed(Double(count) / 1e9, 2) + " GB"
  }
}

/// `1 model`, `2 models`.
func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
  let space = String(repeating: " ", count: max(0, width - text.count))
  return right ? space + text : text + space
}
