import ArgumentParser
import ZooArchive
import ZooData
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooRetrieve
import ZooTrain

struct Dedup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find images that two data sets share, or that one has twice.",
    discussion: """
      Copies are found at any size, quality and format: by a perceptual hash of 64 bits (Zauner's pHash) and the mean colours \
      of 4 x 4 parts, and with --model also by the cosine of embeddings, which finds crops and like pictures too. Tell it \
      the data a model was trained on and those it is measured by: a model that saw its test images says nothing.
      """)

  @Argument(help: dataHelp)
  var upstream: String
  @Argument(help: ArgumentHelp("Other data; without them, pairs inside the first.", valueName: "other data"))
  var downstream: String?
  @Option(help: ArgumentHelp("Also compare embeddings of this model.", valueName: "model"))
  var model: String?
  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("A head, output or activation to compare (default: as zoo embed).", valueName: "name"))
  var from: String?
  @Option(help: ArgumentHelp("Bits of the hash that copies may differ in.", valueName: "n"))
  var distance = PerceptualHash.usualDistance
  @Option(help: ArgumentHelp("Levels of 255 that mean colours of copies may differ in.", valueName: "n"))
  var colour = PerceptualHash.usualColourDifference
  @Option(help: ArgumentHelp("The least cosine of two embeddings that are the same.", valueName: "0...1"))
  var similarity: Float = 0.97
  @Option(
    name: .customLong("list"),
    help: ArgumentHelp(
      """
      Write the names of the examples to leave out, one a line: {…, split: {file: LIST, part: validation}} is the data \
      without them.
      """, valueName: "file.txt"))
  var list: String?
  @Option(help: "Which side's examples the list names.")
  var leaveOut: Side = .upstream
  @Option(help: ArgumentHelp("Write a page with the pairs as pictures.", valueName: "page.html"))
  var html: String?
  @Flag(help: "Machine-readable.")
  var json = false
  @Option(help: "Images at a time.")
  var batch = 16
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  enum Side: String, ExpressibleByArgument, CaseIterable { case upstream, downstream }

  func validate() throws {
    guard (0...32).contains(distance) else { throw ValidationError("--distance must be from 0 to 32") }
    guard (0...1).contains(similarity), (0...255).contains(colour), batch > 0 else {
      throw ValidationError("--similarity lies in 0...1, --colour in 0...255, and --batch is at least 1")
    }
    guard downstream != nil || leaveOut == .upstream else {
      throw ValidationError("--leave-out downstream needs other data")
    }
  }

  func run() throws {
    try reporting {
      let first = try TaskData(try DataSource(spec: upstream))
      let second = try downstream.map { try TaskData(try DataSource(spec: $0)) }
      let search = try ExactSearch(threads: compute.threads)
      // Of two sets, the downstream examples are asked about and the upstream ones searched.
      let asked = second ?? first
      let hashes = try asked.dataset.perceptualHashes(threads: search.work.threads)
      let others = try second.map { _ in try first.dataset.perceptualHashes(threads: search.work.threads) }
      var pairs = try search.nearDuplicates(of: hashes, in: others, distance: distance, colour: colour)
      if let model {
        pairs = joined(pairs, try embedded(try shared.open(model), asked, second == nil ? nil : first, search))
      }
      let unread = hashes.isImage.count { !$0 } + (others?.isImage.count { !$0 } ?? 0)
      let report = DuplicateReport(
        upstream: first.dataset, downstream: second?.dataset, pairs: pairs, unread: unread, leavesOutUpstream: leaveOut == .upstream)
      if let list { try AtomicFile.write(report.listText, to: list) }
      if let html { try AtomicFile.write(report.page(how).html(), to: html) }
      if json { print(report.json(method).compact()) } else { print(report.text, terminator: "") }
    }
  }

  private func embedded(
    _ model: Model, _ asked: TaskData, _ searched: TaskData?, _ search: ExactSearch
  ) throws -> [DuplicatePair] {
    let pass = try FeaturePass(
      model, output: try model.embeddingOutput(from).name, engine: try compute.open(), batch: batch)
    func rows(_ data: TaskData) throws -> EmbeddedRows? {
      var bar = CountBar("images", of: data.dataset.count)
      defer { bar.close() }
      // What is no image is passed over and counted, as by the hashes.
      let read = data.replacing(TolerantDataset(data.dataset, skipped: SkippedExamples()))
      return try pass.embeddedRows(of: read, transform: try data.evaluationTransform(for: model)) { bar.show($0) }
    }
    guard let own = try rows(asked) else { return [] }
    var base: EmbeddedRows?
    if let searched {
      base = try rows(searched)
      if base == nil { return [] }
    }
    return try search.nearDuplicates(of: own.rows, in: base?.rows, similarity: similarity).map {
      DuplicatePair(
        example: own.examples[$0.example], other: (base ?? own).examples[$0.other], similarity: $0.similarity)
    }
  }

  private var how: String {
    "hashes that differ in at most \(distance) of 64 bits and colours by at most \(fixed(colour, 0)) levels"
      + (model.map { ", or embeddings of \($0) with a cosine of at least \(fixed(Double(similarity), 3))" } ?? "")
  }

  private var method: JSONValue {
    var object: JSONObject = ["distance": .int(Int64(distance)), "colour": .double(colour)]
    if let model {
      object["model"] = .string(model)
      object["similarity"] = .double(Double(similarity))
    }
    return .object(object)
  }
}
