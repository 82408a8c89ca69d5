import Testing
import ZooReport

@Suite struct PageTests {
  private func history(_ loss: Double = 1, steps: Int = 4) -> RunHistory {
    RunHistory(
      steps: (1...steps).map {
        RunHistory.Record(step: $0, values: [.init("loss", loss / Double($0)), .init("lr", 0.1)])
      },
      evaluations: [2, 4].map {
        RunHistory.Evaluation(
          task: "label",
          record: RunHistory.Record(step: $0, values: [.init("top-1", 0.2 * Double($0)), .init("images", 10)]))
      })
  }

  private func confusion() -> ConfusionMatrix {
    var matrix = ConfusionMatrix(classes: ["cat", "dog", "<owl>"])
    for (label, answer) in [(0, 0), (0, 0), (0, 1), (1, 1), (2, 0), (2, 0), (9, 0), (0, -1)] {
      matrix.add(label: label, answer: answer)
    }
    return matrix
  }

  @Test func everyTextIsEscaped() throws {
    let evil = "<script>alert('&\"')</script>\u{202E}\u{7}"
    let task = TaskReport(
      name: evil, metrics: [.init(evil, 1)], confusion: ConfusionMatrix(classes: [evil]),
      mistakes: [Mistake(name: evil, label: evil, answer: evil, answerProbability: 0.9, labelProbability: 0.0001)])
    var logged = history()
    logged.steps[0].values.append(.init(evil, 1))
    logged.evaluations += [3, 4].map {
      RunHistory.Evaluation(task: evil, record: RunHistory.Record(step: $0, values: [.init(evil, 1)]))
    }
    let report = RunReport(
      title: evil, subtitle: evil, facts: [(evil, evil)], history: logged, tasks: [task], texts: [(evil, evil)])
    let comparison = RunComparison([.init(name: evil, history: logged), .init(name: "b", history: history())])
    for page in [report.html(), comparison.html()] {
      #expect(!page.contains("<script"))
      #expect(!page.contains("'&\""))
      #expect(!page.unicodeScalars.contains("\u{202E}") && !page.unicodeScalars.contains("\u{7}"))
      #expect(page.contains("&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;\u{FFFD}\u{FFFD}"))
    }
  }

  /// Tags that are open at the end of a text, by counting; void elements and SVG's own endings left out.
  private func unclosed(_ page: String) -> [String] {
    var open: [String] = []
    for part in page.split(separator: "<").dropFirst() {
      let name = String(part.prefix { $0.isLetter || $0.isNumber || $0 == "/" || $0 == "!" })
      let tag = part.prefix { $0 != ">" }
      if name.hasPrefix("!") || tag.hasSuffix("/") || ["meta", "br", "img"].contains(name) { continue }
      if name.hasPrefix("/") {
        guard open.last == String(name.dropFirst()) else { return open + [name] }
        open.removeLast()
      } else {
        open.append(name)
      }
    }
    return open
  }

  @Test func pagesAreWellFormedAndFetchNothing() throws {
    let picture = try #require(Thumbnail(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255]))
    let mistake = Mistake(
      name: "a.png", label: "dog", answer: "cat", answerProbability: 0.98, labelProbability: 0.01, thumbnail: picture)
    let large = ConfusionMatrix(classes: (0..<40).map(String.init))
    let report = RunReport(
      title: "run", history: history(steps: 3000),
      tasks: [
        TaskReport(name: "label", metrics: [.init("top-1", 0.8)], confusion: confusion(), mistakes: [mistake]),
        TaskReport(name: "many", metrics: [], confusion: large), TaskReport(name: "number", metrics: [.init("mae", 2)]),
      ], texts: [("recipe", "a: 1\n")])
    let comparison = RunComparison([.init(name: "a", history: history()), .init(name: "none", history: RunHistory())])
    for page in [report.html(), comparison.html(), RunReport(title: "", history: RunHistory()).html()] {
      #expect(unclosed(page) == [])
      #expect(
        !page.contains("http:") && !page.contains("https:") && !page.contains("url(") && !page.contains("@import"))
      #expect(page.contains("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\""))
      #expect(!page.contains("nan") && !page.contains("inf,"))
    }
    #expect(report.html() == report.html())
    // Thousands of points are drawn as hundreds.
    #expect(report.html().utf8.count < 80_000)
  }

  @Test func valuesThatAreNoNumbersLeaveTheChartAlone() {
    var broken = history()
    broken.steps[1].values = [.init("loss", .nan), .init("lr", .infinity)]
    #expect(broken.curve("loss").map(\.step) == [1, 3, 4])
    #expect(!RunReport(title: "x", history: broken).html().contains("nan"))
  }

  @Test func classesAreCounted() {
    let rows = confusion().rows
    #expect(rows.map(\.examples) == [3, 1, 2])
    #expect(rows.map(\.right) == [2, 1, 0])
    #expect(rows.map(\.answered) == [4, 2, 0])
    #expect(rows[0].confusedWith?.name == "dog")
    #expect(rows[1].confusedWith == nil)
    #expect(rows[2].confusedWith?.count == 2)
    #expect(rows[0].recall == 2.0 / 3 && rows[0].precision == 0.5 && rows[0].f1 == 4.0 / 7)
    #expect(rows[2].precision == nil)
    #expect(ConfusionMatrix(classes: ["a"], counts: [1, 2]) == nil)
  }

  @Test func theWeakestClassComesFirst() throws {
    let page = RunReport(
      title: "x", history: RunHistory(), tasks: [TaskReport(name: "t", metrics: [], confusion: confusion())]
    ).html()
    let list = try #require(page.firstRange(of: "Classes, the weakest first"))
    let rest = page[list.upperBound...]
    let places = try ["<td class=\"name\">&lt;owl&gt;<", "<td class=\"name\">cat<", "<td class=\"name\">dog<"].map {
      try #require(rest.firstRange(of: $0)).lowerBound
    }
    #expect(places == places.sorted())
    #expect(page.contains("title=\"&lt;owl&gt; said to be cat: 2 of 2\">2</td>"))
  }
}
