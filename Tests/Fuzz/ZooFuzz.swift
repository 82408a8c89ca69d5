import ArgumentParser
import Glibc

@main struct ZooFuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zoo-fuzz",
    abstract: "Feeds mutated files to every reader of files from strangers.",
    discussion: """
      Each case is made from the corpus, the seed and its number alone. It may take one second of processor time \
      and 256 MiB; it must be read or refused with an error of ours. A case that does not is named with reader, \
      seed and number, and 'zoo-fuzz replay' runs it again.
      """,
    subcommands: [Run.self, Replay.self, Read.self, Bomb.self, Work.self], defaultSubcommand: Run.self)
}

/// What all commands share.
struct Choices: ParsableArguments {
  @Option(help: "The folder of the corpora, one folder a reader.")
  var corpus = "Tests/Fixtures/fuzz"
  @Option(help: "Another seed makes other cases.")
  var seed: UInt64 = 1
  @Option(help: "Processor time of one case.")
  var milliseconds = 1000
  @Option(help: "MiB that the process may have.")
  var memory = 256

  var limits: Limits { Limits(milliseconds: milliseconds, memory: memory) }

  func reader(_ name: String) throws -> Reader {
    guard let reader = (Reader.all + Reader.probes).first(where: { $0.name == name }) else {
      throw ValidationError("no reader '\(name)'; there are \(Reader.all.map(\.name).joined(separator: ", "))")
    }
    return reader
  }

  func files(_ reader: Reader) throws -> [[UInt8]] {
    Reader.probes.contains { $0.name == reader.name } ? [Reader.probeSeed] : try corpusFiles(corpus + "/" + reader.name)
  }
}

extension ZooFuzz {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run cases (the default).")
    @OptionGroup var choices: Choices
    @Option(help: "Of all readers together.")
    var cases = 20_000
    @Option(help: "This reader only; may be given again.")
    var reader: [String] = []

    func run() throws {
      let readers = reader.isEmpty ? Reader.all : try reader.map(choices.reader)
      let each = (cases + readers.count - 1) / max(1, readers.count)
      var findings = 0
      for reader in readers {
        let supervisor = Supervisor(corpus: choices.corpus, seed: choices.seed, limits: choices.limits)
        let outcome = try supervisor.run(reader, 0..<each)
        print("\(reader.name): \(outcome.cases) cases, \(outcome.accepted) read, \(outcome.findings.count) findings")
        for finding in outcome.findings { print("finding: \(finding)") }
        fflush(nil)
        findings += outcome.findings.count
      }
      if findings > 0 { throw ExitCode.failure }
    }
  }

  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run one case in this process, without limits.")
    @OptionGroup var choices: Choices
    @Argument var reader: String
    @Argument(help: "Its number.")
    var index: Int
    @Option(help: "Write the input here.")
    var keep: String?

    func run() throws {
      let reader = try choices.reader(reader)
      let bytes = Worker.input(reader, try choices.files(reader), seed: choices.seed, index: index)
      if let keep { try writeFile(bytes, keep) }
      let folder = try temporaryFolder()
      defer {
        unlink(folder + "/input")
        rmdir(folder)
      }
      print(try reader.run(Input(bytes: bytes, folder: folder)) ? "read" : "refused")
    }
  }

  struct Read: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Give files to a reader, and print what it says of each.")
    @OptionGroup var choices: Choices
    @Argument var reader: String
    @Argument var files: [String]

    func run() throws {
      let reader = try choices.reader(reader)
      let folder = try temporaryFolder()
      defer {
        unlink(folder + "/input")
        rmdir(folder)
      }
      for file in files {
        do {
          try reader.read(Input(bytes: try readFile(file), folder: folder))
          print("\(file): read")
        } catch { print("\(file): \(error)") }
      }
    }
  }

  struct Work: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A worker of 'run'.", shouldDisplay: false)
    @OptionGroup var choices: Choices
    @Argument var reader: String
    @Option var from: Int
    @Option var to: Int
    @Option var folder: String

    func run() throws {
      let reader = try choices.reader(reader)
      let worker = Worker(
        reader: reader, corpus: try choices.files(reader), seed: choices.seed, limits: choices.limits, folder: folder)
      do { try worker.run(from..<to, progress: folder + "/progress") } catch let finding as Finding {
        print("\(reader.name): \(finding)")
        throw ExitCode.failure
      }
    }
  }
}
