import Testing
import ZooArchive
import ZooPictures

/// What a run leaves for people to look at.
@Suite struct ReportTests {
  @Test func aRunHasAPageAndAnEventFile() throws {
    let shop = try Workshop()
    try shop.furnish()
    // A blue image that is said to be red cannot be answered right.
    try shop.write("test/red/9.png", PNG.plain(width: 18, height: 20, red: 0, green: 10, blue: 200))
    try shop.done("finetune", "recipe.yaml", "--set", "train.evaluate-every=4")
    let page = try shop.text("runs/colours/report.html")
    for text in [
      "<h1>colours</h1>", "<h3>Training loss</h3>", "<h3>Evaluation: top-1</h3>", "<h2>Task colour</h2>",
      "<h3>Confusion matrix</h3>", "Worst mistakes", "<img alt=\"\" src=\"data:image/png;base64,iVBORw0KGgo",
      "<b>80.00 %</b><span>top-1</span>", "red/9.png", "steps: 12", "# recipe.yaml:",
      "<h3>The plan</h3>", "colour, train: ", "classes: blue", "\ngroups  parameters ", "\nmemory  about ",
    ] {
      let isThere = page.contains(text)
      #expect(isThere, "\(text)")
    }
    let events = try shop.bytes("runs/colours/events.out.tfevents.zoo")
    let text = String(decoding: events.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
    #expect(text.contains("brain.Event:2"))
    #expect(text.split(separator: "train/loss").count == 13)
    #expect(text.split(separator: "colour/top-1").count == 4)
  }

  private func log(_ shop: Workshop, _ run: String, _ top1: [Double], end: String = "") throws {
    let lines = top1.enumerated().map { index, value in
      """
      {"step":\(index + 1),"loss":\(2 - value),"lr":0.1,"images_per_second":100}
      {"step":\(index + 1),"task":"label","evaluation":{"top-1":\(value),"images":4}}

      """
    }
    try shop.write("\(run)/metrics.jsonl", lines.joined() + end)
  }

  @Test func comparesRuns() throws {
    let shop = try Workshop()
    try log(shop, "runs/a", [0.5, 0.75, 0.625])
    // Cut off by the end of its run.
    try log(shop, "runs/b<i>", [0.5, 0.875], end: "{\"step\":3,\"lo")
    #expect(
      try shop.done("compare", "runs/a", "runs/b<i>/", "-o", "compare.html") == """
        run   steps    loss    top-1
        a         3  1.3750  62.50 %
        b<i>      2  1.1250  87.50 % *
        wrote compare.html

        """)
    let page = try shop.text("compare.html")
    #expect(page.contains("<h3>label: top-1</h3>") && page.contains("b&lt;i&gt;") && !page.contains("b<i>"))
    let json = try JSONValue(parsing: shop.done("compare", "runs/a/metrics.jsonl", "runs/a", "--json"), file: "out")
    #expect(json[0]?["run"]?.string == "runs/a/metrics.jsonl")
    #expect(json[0]?["steps"] == .int(3))
    #expect(json[1]?["tasks"]?["label"]?["top-1"] == ["last": 0.625, "best": 0.75, "best_step": 2])
  }

  @Test func saysWhatCannotBeCompared() throws {
    let shop = try Workshop()
    try log(shop, "a", [0.5], end: "{\"step\":\n{}\n")
    #expect(
      try shop.refused(1, "compare", "none") == "error: none/metrics.jsonl: cannot open: No such file or directory\n")
    #expect(
      try shop.refused(1, "compare", "a") == "error: a/metrics.jsonl:3: line 1, column 9: the text ends too early\n")
  }
}
