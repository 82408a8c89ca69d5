import ArgumentParser
import ZooArchive

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after the local store.", subcommands: [StoreVerify.self, StorePath.self])
}

struct StorePath: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Print where the store is, or where a model's archive lies in it.",
    discussion: "The archives in the store are read by every process that uses them: copy them, never change them.")

  @Argument(help: ArgumentHelp("A model.", valueName: "name[@version]"))
  var model: String?
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let store = try shared.store()
      print(try model.map { store.path(for: try store.find($0)) } ?? store.root)
    }
  }
}

struct StoreVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every model in the store: records, structure and every digest.",
    discussion: "Exit code 1 if anything is wrong.")

  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let store = try shared.store()
      let (models, damaged) = try store.contents()
      var results: [JSONValue] = []
      var (whole, failed) = (0, damaged.count)
      for error in damaged { printError("error: \(error)") }
      for model in models {
        do {
          // false: removed or replaced meanwhile.
          guard try check(model, store) else { continue }
          whole += 1
          results.append(["model": model.json, "whole": true])
          if !json { print("\(model.reference)  \(bytesText(model.size))  whole") }
        } catch let error as ArchiveError {
          failed += 1
          results.append(["model": model.json, "whole": false, "error": .string("\(error)")])
          printError("error: \(model.reference): \(error)")
        }
      }
      let idle = failed == 0 ? try store.collectGarbage(dryRun: true) : Collected()
      if json {
        print(JSONValue.array(results).pretty(), terminator: "")
      } else {
        print("\(counted(whole, "model")) whole" + (failed > 0 ? ", \(failed) damaged" : ""))
        if idle.bytes > 0 { print("\(bytesText(idle.bytes)) belong to no model; zoo gc frees them") }
      }
      if failed > 0 { throw ExitCode(1) }
    }
  }

  private func check(_ model: InstalledModel, _ store: Store) throws -> Bool {
    let bar = CopyBar("reading \(model.reference)")
    defer { bar.close() }
    return try store.verify(model, progress: bar.progress)
  }
}
