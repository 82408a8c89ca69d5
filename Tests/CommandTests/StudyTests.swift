import Testing

@Suite("Studies")
struct StudyTests {
  private let study = """
    title: Do more steps help?
    upstream: {recipe: recipe.yaml}
    downstream: {recipe: recipe.yaml, set: [train.steps=2], shots: [1, 2], subsets: 2}
    axes:
      steps:
        - {name: two, value: 2, upstream: [train.steps=2]}
        - {name: four, value: 4, upstream: [train.steps=4]}
      method:
        - {name: as written}
        - name: searched
          search: {trials: 2, over: [{key: train.optimizer.rate, low: 0.01, high: 0.1}]}
    plot: {x: steps, curves: method}

    """

  @Test func everyCombinationOnce() throws {
    let shop = try Workshop()
    try shop.furnish()
    // With one label of each class nothing can be held out for a search.
    try shop.write("study.yaml", study.replacing("shots: [1, 2]", with: "shots: [2]"))
    let first = try shop.done("study", "study.yaml", "-o", "out", "--json")
    let table = try shop.text("out/study.md").split(separator: "\n")
    #expect(table[0] == "# Do more steps help?")
    #expect(table[1].hasPrefix("| steps | method     | weights | images/s | upstream top-1 | 2 per class"))
    #expect(table.count == 3 + 4 && table[3].hasPrefix("| two   | as written | "))
    #expect(try shop.text("out/study.html").contains("2 per class, by steps"))
    let upstream = shop.files().filter { $0.hasPrefix("out/upstream-") && $0.hasSuffix("/metrics.jsonl") }
    #expect(upstream.count == 2)
    // Nothing is trained again, and what is new is.
    for log in upstream { try shop.write(log, "") }
    #expect(try shop.done("study", "study.yaml", "-o", "out", "--json") == first)
    let more = try shop.zoo(["study", "study.yaml", "-o", "out", "--set", "downstream.subsets=1"])
    #expect(more.code == 0 && !more.errors.contains("training out/upstream"))
    #expect(more.errors.contains("two, searched: 2 per class, subset 0: "))
  }

  @Test func whatCannotBe() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("study.yaml", study)
    #expect(
      try shop.refused(1, "study", "study.yaml", "-o", "out", "--set", "upstream=null").hasSuffix(
        "error: a search needs at least 2 examples of each class, to hold some out; there is 1\n"))
    try shop.write("study.yaml", study.replacing("train.steps=4", with: "train.stepz=4").replacing("[1, 2]", with: "[2]"))
    #expect(try shop.refused(2, "study", "study.yaml", "-o", "other").contains("unknown key 'stepz'"))
    #expect(!shop.files().contains { $0.hasPrefix("other") })
  }
}
