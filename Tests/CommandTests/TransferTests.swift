import FoundationEssentials
import Testing
import ZooArchive

/// Measuring transfer as the command line has it.
@Suite("Measuring transfer") struct TransferTests {
  /// A tiny transformer, and images of three colours.
  private func workshop() throws -> Workshop {
    let shop = try Workshop()
    _ = try shop.done(
      "create", "--architecture", "vit", "--set", "width=16", "--set", "depth=1", "--set", "heads=2", "--set", "mlp=32",
      "--set", "patch=8", "--set", "image=16", "-o", "tiny.tar")
    _ = try shop.done("fetch-local", "tiny.tar")
    for (name, count) in [("train", 24), ("test", 30)] {
      var values: [Float] = []
      for index in 0..<count {
        for channel in 0..<3 {
          for pixel in 0..<256 {
            let own: Float = channel == index % 3 ? 1 : -1
            values.append(own + Float((index * 31 + pixel * 7 + channel) % 13) / 13)
          }
        }
      }
      try NpyArray.write(path: "\(shop.path)/\(name).npy", floats: values, shape: [count, 3, 16, 16])
      try NpyArray.write(
        path: "\(shop.path)/\(name)-labels.npy", int64s: (0..<count).map { Int64($0 % 3) }, shape: [count])
    }
    return shop
  }

  private func data(_ name: String) -> String {
    "{format: tensors, x: \(name).npy, labels: \(name)-labels.npy, classes: 3}"
  }

  private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8), file: "output") }

  @Test func featuresAreComputedOnceForAllMethods() throws {
    let shop = try workshop()
    let (train, test) = (data("train"), data("test"))
    let knn = try json(try shop.done("knn", "tiny", "--data", train, "--test", test, "-k", "3", "--json"))
    #expect(knn["top-1"]?.number == 1 && knn["images"]?.int == 30 && knn["k"]?.int == 3)
    func kept() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: shop.path + "/.home/features").filter { $0 != "tmp" }.count
    }
    #expect(try kept() == 2)
    let probe = try json(try shop.done("probe", "tiny", "--data", train, "--test", test, "--json"))
    #expect(probe["top-1"]?.number == 1 && probe["trials"]?.array?.count == 9 && probe["held_back"]?.int == 6)
    #expect(probe["penalty"]?.number != nil && probe["converged"]?.bool == true)
    let few = try json(
      try shop.done("few-shot", "tiny", "--data", train, "--test", test, "--shots", "1,4", "--json"))
    #expect(few["subsets"]?.int == 5 && few["classes"]?.int == 3 && few["test_images"]?.int == 30)
    #expect(few["results"]?.array?.count == 10)
    #expect(few["results"]?.array?.allSatisfy { $0["accuracies"]?.array?.count == 5 } == true)
    #expect(try kept() == 2)
    #expect(try shop.done("gc", "--features", "--dry-run").contains("2 cached sets of features"))
    #expect(try shop.done("gc").contains("nothing to free"))
    let other = try shop.done("knn", "tiny", "--data", train, "--test", test, "--cache", "elsewhere", "--activation", "tokens")
    #expect(other.hasPrefix("top-1   100.00 %\nimages  30, by 20 of 24 neighbours\n"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: shop.path + "/elsewhere").count == 3)
  }

  @Test func withoutTestDataAFifthIsHeldBack() throws {
    let shop = try workshop()
    let found = try json(try shop.done("knn", "tiny", "--data", data("test"), "--no-cache", "--json"))
    #expect(found["images"]?.int == 6 && found["training_images"]?.int == 24)
  }

  @Test func fewShotTrainsNetworksAndTellsTheSpread() throws {
    let shop = try workshop()
    let outcome = try shop.zoo(
      "few-shot", "tiny", "--data", data("train"), "--test", data("test"), "--shots", "2", "--subsets", "2", "--methods",
      "ridge,finetune,scratch", "--rule", "vit-finetune", "--set", "train.steps=2", "--set", "train.batch=4", "--set",
      "train.micro-batch=4", "--set", "train.schedule.warmup=1", "--set", "input.size=16", "--scratch-try",
      "train.optimizer.rate=0.01,0.1")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("  fine-tuned  from nothing\n               2  "))
    #expect(outcome.output.contains("median accuracy over 2 subsets, the same for all methods; 30 test images, 3 classes"))
    #expect(outcome.output.contains("from nothing, 2 per class: chosen on the test data: train.optimizer.rate=0."))
    #expect(outcome.output.contains(" points over from nothing"))
    #expect(outcome.errors.contains("2 per class, subset 1: fine-tuned "))
  }

  @Test func aRecipeNamesModelAndData() throws {
    let shop = try workshop()
    let recipe = """
      model: tiny
      heads: {colour: {plugin: linear, weights: new}}
      tasks: {colour: {train: \(data("train")), evaluate: \(data("test"))}}
      train: {steps: 2, batch: 4, optimizer: {rate: 0.01}}
      """
    try Data(recipe.utf8).write(to: URL(filePath: shop.path + "/few.yaml"))
    let few = try json(
      try shop.done("few-shot", "few.yaml", "--shots", "1", "--subsets", "2", "--scratch-set", "train.steps=3", "--json"))
    #expect(few["task"]?.string == "colour" && few["model"]?.string == "tiny")
    #expect(
      few["results"]?.array?.compactMap { $0["method"]?.string }
        == ["ridge", "knn", "probe", "finetune", "scratch", "pixel-nn", "pixel-logistic"])
  }

  @Test func shuffledLabelsGiveChance() throws {
    let shop = try workshop()
    let (train, test) = (data("train"), data("test"))
    let few = try json(
      try shop.done(
        "few-shot", "tiny", "--data", train, "--test", test, "--shots", "8", "--shuffle-labels", "--json"))
    #expect(few["shuffled_labels"]?.bool == true)
    for result in few["results"]?.array ?? [] {
      #expect(result["median"]?.number ?? 1 < 0.7, "\(result)")
    }
    let knn = try json(try shop.done("knn", "tiny", "--data", train, "--test", test, "--shuffle-labels", "--json"))
    #expect(knn["top-1"]?.number ?? 1 < 0.7)
  }

  @Test func resultsOfSeveralCommandsGoOnOnePage() throws {
    let shop = try workshop()
    let (train, test) = (data("train"), data("test"))
    for name in ["a", "b"] {
      _ = try shop.done(
        "few-shot", "tiny", "--data", train, "--test", test, "--shots", "1,4", "--methods", "ridge,pixel-nn", "-o",
        "\(name).json")
    }
    let suite = """
      schema: zoo.suite/1
      name: colours
      title: Colours
      tasks: {colour: {group: all, train: train, test: train}, missing: {group: all, train: train, test: test}}
      """
    try Data(suite.utf8).write(to: URL(filePath: shop.path + "/colours.yaml"))
    try FileManager.default.createDirectory(atPath: shop.path + "/root/colour/train", withIntermediateDirectories: true)
    for (name, file) in [("x", "train"), ("labels", "train-labels")] {
      try FileManager.default.copyItem(
        atPath: "\(shop.path)/\(file).npy", toPath: "\(shop.path)/root/colour/train/\(name).npy")
    }
    let text = try shop.done("vtab", "tiny", "--data", "root", "--suite", "colours.yaml", "--by", "ridge", "-o", "v.json")
    #expect(
      text == """
        Colours, tiny, by ridge

        all
          colour    100.00 %  24 test images
          missing     absent  root/missing/train is not there
          mean      100.00 %  of 1 of its tasks

          mean      100.00 %  of 1 result; no score, since tasks are missing

        """)
    #expect(try shop.done("report", "a.json", "v.json", "-o", "page.html") == "wrote page.html\n")
    let page = try String(contentsOfFile: shop.path + "/page.html", encoding: .utf8)
    for part in [
      "<h2>data from few labels</h2>", "<polygon class=\"band\"", "nearest pixels <small>(baseline)</small>",
      "<h2>Colours</h2>", "<small>absent</small>", "no score", "href=\"#model-", "id=\"model-", "licences: ",
      "labels per class 4: ",
    ] { #expect(page.contains(part), "\(part)") }
    #expect(!page.contains("<script") && !page.contains("://"))
    #expect(try shop.zoo("report", "a.json", "-o", "page.html").code == 1)
    #expect(try shop.zoo("report", "colours.yaml", "-o", "other.html").code == 1)
  }

  @Test func mistakesAreWrongUse() throws {
    let shop = try Workshop()
    for (arguments, words) in [
      (["few-shot", "tiny"], "--data is needed with a model"),
      (["few-shot", "r.yaml", "--data", "x"], "the recipe names its own"),
      (["few-shot", "tiny", "--data", "x", "--methods", "rige"], "did you mean 'ridge'?"),
      (["few-shot", "tiny", "--data", "x", "--shots", "1,x"], "--shots takes"),
      (["few-shot", "tiny", "--data", "x", "--scratch-try", "a"], "--scratch-try takes"),
      (["knn", "tiny", "--data", "x", "-k", "0"], "-k must be at least 1"),
      (["probe", "tiny", "--data", "x", "--penalty=-1"], "--penalty must be at least 0"),
      (["vtab", "tiny", "--data", "x", "--suite", "vtab-2k"], "did you mean 'vtab-1k'?"),
    ] {
      let outcome = try shop.zoo(arguments)
      #expect(outcome.code == 2 && outcome.errors.contains(words), "\(arguments): \(outcome)")
    }
  }
}
