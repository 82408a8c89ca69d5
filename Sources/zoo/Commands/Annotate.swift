import ArgumentParser
import Glibc
import ZooAnnotate
import ZooRecipe
import ZooReport

struct Annotate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "annotate", abstract: "Make labels of the texts beside images.",
    discussion: """
      zoo annotate RECIPE -o annotations.tar does all. On several machines each round is map steps (--shard i/n, for all i) \
      and a merge, whose result the next round's map steps take with --after. The last merge writes the annotations.
      """,
    subcommands: [AnnotateRun.self, AnnotateMerge.self, AnnotateSchema.self], defaultSubcommand: AnnotateRun.self)
}

struct AnnotateRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Annotate by a recipe: all rounds, or one map step of a shard. (default)")

  @Argument(help: ArgumentHelp("The recipe.", valueName: "recipe.yaml"))
  var recipe: String
  @Option(name: .customLong("set"), help: ArgumentHelp("Override a value, such as scores.precision=0.9.", valueName: "a.b=c"))
  var settings: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("The annotations, or the shard's part.", valueName: "file.tar"))
  var output: String
  @Option(help: ArgumentHelp("One map step: shard i of n, from 0/n on.", valueName: "i/n"))
  var shard: String?
  @Option(help: ArgumentHelp("For a map step: the merged part of the round before; the first has none.", valueName: "part"))
  var after: String?
  @Flag(help: "Keep the parts of all rounds beside the output.")
  var keepParts = false
  @Flag(help: "Replace the output where it exists already.")
  var overwrite = false
  @Flag(help: "Machine-readable.")
  var json = false

  func validate() throws {
    if after != nil, shard == nil { throw ValidationError("--after belongs to --shard") }
    if keepParts, shard != nil { throw ValidationError("--keep-parts belongs to a run of all rounds") }
  }

  func run() throws {
    let shard = try shard.map(readShard)
    try reporting {
      try checkOutput(output, overwrite: overwrite)
      let job = try AnnotationJob(try AnnotationRecipe.load(path: recipe, overrides: settings))
      var progress = AnnotationProgress()
      defer { progress.close() }
      guard let shard else {
        var report: AnnotationReport?
        try AnnotationRun(job, output: output).run(keeps: keepParts) {
          progress.show($0, $1)
        } page: {
          report = $0
          return annotationPage($0)
        }
        progress.close()
        if let report { print(json ? report.json.compact() : annotationText(report, output)) }
        return
      }
      let after = try after.map(Part.init)
      let round = try job.round(after: after)
      try job.map(shard, after: after, to: output) { progress.show(round, $0) }
      progress.close()
      print("wrote \(output): shard \(shard) of round '\(round.rawValue)'; next: zoo annotate merge of all \(shard.count)")
    }
  }

  private func readShard(_ text: String) throws -> ShardNumber {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]),
      let shard = try? ShardNumber(index, of: count)
    else { throw ValidationError("--shard \(text): shards of n are 0/n to (n-1)/n") }
    return shard
  }
}

struct AnnotateMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the parts of all shards of a round.")

  @Argument(help: ArgumentHelp("The parts, in any order.", valueName: "part"))
  var parts: [String]
  @Option(name: .shortAndLong, help: ArgumentHelp("What the next round begins from, or the annotations.", valueName: "file.tar"))
  var output: String
  @Flag(help: "Replace the output where it exists already.")
  var overwrite = false
  @Flag(help: "Machine-readable.")
  var json = false

  func run() throws {
    try reporting {
      try checkOutput(output, overwrite: overwrite)
      var report: AnnotationReport?
      let round = try mergeParts(try parts.map(Part.init), to: output) {
        report = $0
        return annotationPage($0)
      }
      if let report {
        print(json ? report.json.compact() : annotationText(report, output))
      } else {
        print("wrote \(output): round '\(round.rawValue)'; next: zoo annotate RECIPE --shard i/n --after \(output)")
      }
    }
  }
}

struct AnnotateSchema: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print every key of an annotation recipe (Recipes/ANNOTATE-KEYS.md).")

  func run() { print(AnnotationRecipe.schemaPage, terminator: "") }
}
