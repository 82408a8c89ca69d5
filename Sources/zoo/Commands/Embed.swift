import ArgumentParser
import ZooArchive
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooRetrieve
import ZooTrain

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a vector for each image of a data set.",
    discussion: """
      Writes FILE.npy [N, D], and beside it FILE.jsonl, a line with the id and the label of each row, and FILE.json, how they \
      were made. Memory holds a few images, however many there are; a run that was killed goes on with --resume to the same \
      bytes. zoo index makes the files searchable.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Option(help: dataHelp)
  var data: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The array to write.", valueName: "file.npy"))
  var output: String
  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      """
      A head, a head's output (HEAD.OUTPUT) or an activation of the backbone (default: the embedding of the head that has \
      one, else pooled).
      """, valueName: "name"))
  var from: String?
  @Option(name: .customLong("type"), help: "Numbers, or one bit a dimension: whether it is above 0.")
  var kind: Embeddings.Kind = .float32
  @Flag(help: "Bring each vector to length 1.")
  var normalize = false
  @Option(help: "Images at a time.")
  var batch = 16
  @Flag(help: "Replace files that exist already.")
  var overwrite = false
  @Flag(help: "Go on with an embedding that was interrupted, to the same result.")
  var resume = false
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard batch > 0 else { throw ValidationError("--batch must be at least 1") }
    guard output.hasSuffix(".npy") else { throw ValidationError("--output must end in .npy") }
    guard !(overwrite && resume) else { throw ValidationError("--overwrite and --resume exclude each other") }
  }

  func run() throws {
    try reporting {
      let model = try shared.open(model)
      let data = try TaskData(try DataSource(spec: self.data))
      let chosen = try model.embeddingOutput(from)
      let engine = try compute.open()
      let pass = try FeaturePass(model, output: chosen.name, engine: engine, batch: batch)
      let run = try EmbeddingRun(
        model, pass: pass, data: data, spec: self.data,
        form: EmbeddingRun.Form(kind: kind, isUnit: normalize || chosen.isUnit), engine: engine, path: output)
      let signals = StopSignals()
      defer { signals.restore() }
      var bar = CountBar("images", of: data.dataset.count)
      let written = try run.write(
        resume ? .resuming : overwrite ? .overwriting : .new, shouldStop: { signals.received != nil }
      ) { bar.show($0) }
      bar.close()
      guard let written else {
        printError("stopped by a signal; the same command with --resume goes on from there")
        throw ExitCode(128 + (signals.received ?? 2))
      }
      tell(written, of: data, pass)
    }
  }

  private func tell(_ written: Int, of data: TaskData, _ pass: FeaturePass) {
    let missing = data.dataset.count - written
    if missing > 0 { printError("note: \(counted(missing, "image")) could not be read and left out") }
    if json {
      print(
        JSONValue.object([
          "file": .string(output), "rows": .int(Int64(written)), "dimensions": .int(Int64(pass.width)),
          "type": .string(kind.rawValue), "output": .string(pass.output), "left_out": .int(Int64(missing)),
        ]).compact())
    } else {
      print("wrote \(output): \(counted(written, "row")) of \(pass.width) (\(kind.rawValue), \(pass.output))")
    }
  }
}

extension Embeddings.Kind: ExpressibleByArgument {}
