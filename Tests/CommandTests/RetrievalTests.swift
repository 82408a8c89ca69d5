import Testing
import ZooArchive
import ZooPictures

@Suite("Embedding, searching and finding duplicates")
struct RetrievalTests {
  /// Killed anywhere, it goes on to the same bytes.
  @Test func embeddingThatIsKilledGoesOn() throws {
    let shop = try Workshop()
    try shop.furnish()
    // Enough images that a run can be caught in the middle of them.
    var lines = "image,label\n"
    for index in 0..<600 {
      try shop.write("many/\(index).png", PNG.plain(width: 20, height: 18, red: UInt8(index % 256), green: UInt8(index / 256), blue: 7))
      lines += "many/\(index).png,\(index % 3 == 0 ? "red" : "blue")\n"
    }
    try shop.write("many.csv", lines)
    let embed = ["embed", "tiny.tar", "--data", "many.csv", "--threads", "1", "--batch", "2"]
    let start = ContinuousClock.now
    #expect(try shop.zoo(embed + ["-o", "whole.npy"]).code == 0)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var caught = 0
    for kill in 0..<4 {
      let output = "killed-\(kill)"
      let command = embed + ["-o", output + ".npy"]
      let moment = seconds * (0.35 + 0.15 * Double(kill))
      var outcome = try shop.zoo(
        command, through: ["timeout", "--foreground", "--preserve-status", "-s", "KILL", "\(moment)"])
      // Killed when all was done, it had nothing left but to end.
      if outcome.code == 137, !shop.files().contains(output + ".json") {
        let held = shop.files().contains(output + ".json.part")
        if held { caught += 1 }
        // Parts without a record of how far they are were never begun.
        #expect(held || !shop.files().contains(output + ".npy"))
        outcome = try shop.zoo(command + (held ? ["--resume"] : []))
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      for ending in ["npy", "jsonl", "json"] {
        #expect(try shop.bytes("\(output).\(ending)") == shop.bytes("whole.\(ending)"))
      }
      #expect(!shop.files().contains { $0.hasSuffix(".part") })
    }
    #expect(caught > 0)
  }

  @Test func embeddingRefusesWhatItCannotContinue() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.done("embed", "tiny.tar", "--data", "test", "-o", "x.npy")
    #expect(
      try shop.refused(1, "embed", "tiny.tar", "--data", "test", "-o", "x.npy")
        == "error: x.npy: already exists; give another --output, or --overwrite it\n")
    #expect(
      try shop.refused(1, "embed", "tiny.tar", "--data", "test", "-o", "y.npy", "--resume")
        == "error: y.npy: there is no unfinished embedding to resume\n")
    #expect(try shop.refused(2, "embed", "tiny.tar", "--data", "test", "-o", "y.bin").hasPrefix("error: --output must end in .npy"))
    try shop.write("y.json.part", #"{"images":2,"row_bytes":10,"id_bytes":0,"facts":{"batch":4}}"#)
    #expect(
      try shop.refused(1, "embed", "tiny.tar", "--data", "test", "-o", "y.npy")
        == "error: y.npy: was begun and is not finished; go on with --resume, or --overwrite it\n")
    #expect(
      try shop.refused(1, "embed", "tiny.tar", "--data", "test", "-o", "y.npy", "--resume")
        == "error: y.npy: cannot be resumed to the same result: the model, the data, the transform or the engine is another\n")
  }

  @Test func anImageFindsItself() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.done("embed", "tiny.tar", "--data", "train", "-o", "x.npy", "--normalize")
    #expect(try shop.done("index", "x.npy", "-o", "index") == "wrote index: 6 rows of 16 (float32, cosine)\n")
    let found = try shop.done(
      "search", "index", "--image", "train/red/1.png", "--model", "tiny.tar", "-k", "3", "--json", "--html", "page.html")
    let line = try JSONValue(parsing: found, file: "search")
    #expect(line["query"] == "train/red/1.png")
    #expect(line["hits"]?.array?.count == 3)
    #expect(line["hits"]?[0]?["id"] == "red/1.png" && line["hits"]?[0]?["label"] == "red")
    #expect((line["hits"]?[0]?["score"]?.number ?? 0) > 0.9999)
    // A picture for the query and for each hit.
    #expect(try shop.text("page.html").split(separator: "data:image/png;base64,").count == 5)
    try shop.done("index", "x.npy", "-o", "codes", "--type", "bits")
    let codes = try JSONValue(
      parsing: try shop.done("search", "codes", "--queries", "x.npy", "-k", "1", "--json").split(separator: "\n").map(String.init)[4],
      file: "search")
    #expect(codes["hits"]?[0]?["distance"] == 0)
    try shop.done(
      "create", "--architecture", "vit", "--set", "width=16", "--set", "depth=1", "--set", "heads=2", "--set", "mlp=32",
      "--set", "patch=8", "--set", "image=16", "--seed", "5", "--no-golden", "-o", "other.tar")
    #expect(
      try shop.refused(1, "search", "index", "--image", "train/red/1.png", "--model", "other.tar")
        .hasPrefix("error: the index index was made by model tiny ("))
    #expect(try shop.refused(2, "search", "index").hasPrefix("error: give either --image or --queries"))
    #expect(try shop.refused(1, "search", "train", "--queries", "x.npy").hasPrefix("error: train/index.json: "))
  }

  @Test func retrievalIsMeasured() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.done("finetune", "recipe.yaml", "--output", "run")
    let own = try JSONValue(
      parsing: try shop.done("evaluate", "run/model.tar", "--data", "train", "--retrieval", "--recall", "1,5", "--json"), file: "own")
    #expect(own["same_set"] == true && own["queries"] == 6 && own["database"] == 6)
    #expect(own["float"]?["recall@5"] == 1.0)
    let other = try JSONValue(
      parsing: try shop.done("evaluate", "run/model.tar", "--data", "test", "--database", "train", "--retrieval", "--json"),
      file: "other")
    #expect(other["same_set"] == false && other["queries"] == 4 && other["database"] == 6)
    #expect(other["float"]?["p@1"] == 1.0)
    #expect(
      try shop.refused(2, "evaluate", "run/model.tar", "--data", "test", "--database", "train").contains(
        "--database, --recall and --from go with --retrieval"))
  }

  /// With a model the pairs are those of the hashes and those whose embeddings, as `zoo embed` writes them, are near.
  @Test func likePicturesAreFoundByEmbeddings() throws {
    let shop = try Workshop()
    try shop.furnish()
    // One that nothing can be said of, so that rows and examples have different numbers.
    try shop.write("train/blue/1.png", Array(try shop.bytes("train/blue/1.png").prefix(60)))
    try shop.done(
      "embed", "tiny.tar", "--data", "{format: folder, path: train, broken: skip}", "-o", "x.npy", "--normalize")
    let values = try NpyArray.read(shop.path + "/x.npy").floats()
    let ids = try shop.text("x.jsonl").split(separator: "\n").map {
      try #require(try JSONValue(parsing: String($0), file: "x.jsonl")["id"]?.string)
    }
    #expect(ids == ["blue/0.png", "blue/2.png", "red/0.png", "red/1.png", "red/2.png"])
    var cosines: [(pair: String, value: Float)] = []
    for one in ids.indices {
      for other in 0..<one {
        let cosine = (0..<16).reduce(Float(0)) { $0 + values[one * 16 + $1] * values[other * 16 + $1] }
        cosines.append(("\(ids[one]) \(ids[other])", cosine))
      }
    }
    cosines.sort { $0.value > $1.value }
    let cut = try #require((1..<cosines.count).max { cosines[$0 - 1].value - cosines[$0].value < cosines[$1 - 1].value - cosines[$1].value })
    let similarity = "\((cosines[cut - 1].value + cosines[cut].value) / 2)"
    func pairs(_ arguments: String...) throws -> JSONValue {
      // Colours of all are too far apart for the hashes, but for those of a copy.
      let outcome = try shop.zoo(["dedup"] + arguments + ["--colour", "1", "--json"])
      try #require(outcome.code == 0, "\(outcome.errors)")
      return try JSONValue(parsing: outcome.output, file: "dedup")
    }
    #expect(try pairs("train")["pairs"]?.array?.isEmpty == true)
    let found = try pairs("train", "--model", "tiny.tar", "--similarity", similarity, "--html", "page.html")
    let list = found["pairs"]?.array ?? []
    #expect(
      Set(list.map { "\($0["example"]?.string ?? "") \($0["other"]?.string ?? "")" }) == Set(cosines[..<cut].map(\.pair)))
    for pair in list {
      #expect(pair["distance"] == nil)
      let name = "\(pair["example"]?.string ?? "") \(pair["other"]?.string ?? "")"
      let cosine = try #require(cosines.first { $0.pair == name }?.value)
      #expect(abs(try #require(pair["similarity"]?.number) - Double(cosine)) < 1e-4)
    }
    #expect(found["unreadable"] == 1)
    #expect(found["method"]?["model"] == "tiny.tar")
    #expect(try shop.text("page.html").contains("or embeddings of tiny.tar with a cosine of at least"))

    // A copy is found by both, once.
    let other = try pairs("train", "test", "--model", "tiny.tar", "--similarity", similarity)
    let copy = try #require(other["pairs"]?.array?.first { $0["downstream"] == "red/0.png" && $0["upstream"] == "red/0.png" })
    #expect(copy["distance"] == 0)
    #expect(try #require(copy["similarity"]?.number) > 0.9999)
    let names = (other["pairs"]?.array ?? []).map { "\($0["downstream"]?.string ?? "") \($0["upstream"]?.string ?? "")" }
    #expect(Set(names).count == names.count)
    #expect(!names.contains { $0.hasSuffix("blue/1.png") })
    #expect(
      try shop.refused(2, "dedup", "train", "--model", "tiny.tar", "--from", "poled").contains("did you mean 'pooled'?"))
  }

  @Test func copiesAreFoundAndLeftOut() throws {
    let shop = try Workshop()
    try shop.write("up/a/0.png", PNG.plain(width: 20, height: 20, red: 200, green: 0, blue: 0))
    try shop.write("up/a/1.png", PNG.plain(width: 20, height: 20, red: 0, green: 200, blue: 0))
    try shop.write("up/b/2.png", PNG.plain(width: 20, height: 20, red: 0, green: 0, blue: 200))
    try shop.write("down/a/x.png", PNG.plain(width: 33, height: 27, red: 1, green: 198, blue: 2))
    try shop.write("down/a/y.png", PNG.plain(width: 33, height: 27, red: 90, green: 90, blue: 90))
    let found = try JSONValue(
      parsing: try shop.done("dedup", "up", "down", "--json", "--list", "copies.txt", "--html", "page.html"), file: "dedup")
    #expect(found["pairs"]?.array?.count == 1)
    #expect(found["pairs"]?[0]?["downstream"] == "a/x.png" && found["pairs"]?[0]?["upstream"] == "a/1.png")
    #expect(try shop.text("copies.txt") == "a/1.png\n")
    #expect(try shop.text("page.html").contains("a/1.png"))
    let rest = try shop.done(
      "dedup", "{format: folder, path: up, split: {file: copies.txt, part: validation}}", "down", "--json")
    let left = try JSONValue(parsing: rest, file: "dedup")
    #expect(left["upstream"]?["examples"] == 2 && left["pairs"]?.array?.isEmpty == true)
    try shop.write("up/b/3.png", PNG.plain(width: 50, height: 20, red: 0, green: 0, blue: 201))
    #expect(try shop.done("dedup", "up").contains("b/3.png  =  b/2.png"))
  }
}
