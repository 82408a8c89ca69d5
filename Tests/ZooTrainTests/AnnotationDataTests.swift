import Testing
import ZooArchive
import ZooData
import ZooRecipe
import ZooTrain

@Suite("Data of annotations")
struct AnnotationDataTests {
  /// Two images for training, of which one is shown twice, and one held out.
  private func annotations(_ scratch: Scratch) throws -> String {
    let tar = try TarWriter(scratch.file("annotations.tar"))
    try tar.add("annotations.json", bytes: Array(#"{"schema": "zoo.annotations/1"}"#.utf8))
    try tar.add("labels.json", bytes: Array(#"[{"name": "red"}, {"name": "blue"}, {"name": "car"}]"#.utf8))
    try tar.add(
      "records.jsonl",
      bytes: Array(
        """
        {"image": "a.jpg", "labels": {"car": 0.9, "red": 0.5}, "label": "car", "part": "train", "times": 2}
        {"image": "b.jpg", "labels": {"blue": 0.8}, "label": "blue", "part": "held-out"}
        {"image": "c.jpg", "labels": {}, "label": null, "part": "train", "group": "g"}

        """.utf8))
    try tar.finish()
    return scratch.file("annotations.tar")
  }

  @Test func headsTakeScoresOrTheSurestLabel() throws {
    let scratch = try Scratch()
    let path = try annotations(scratch)
    func data(_ more: String, _ target: String) throws -> any Dataset {
      try TaskData(try DataSource(spec: "{format: annotations, path: \(path)\(more)}"), target: target).dataset
    }
    let several = try data("", "multi-label")
    #expect((0..<several.count).map { several.name(at: $0) } == ["a.jpg", "a.jpg#2", "c.jpg"])
    #expect(several.value(at: 0, column: 0) == .labels([ScoredLabel(2, 0.9), ScoredLabel(0, 0.5)]))
    #expect(several.value(at: 2, column: 0) == .labels([]))
    let heldOut = try data(", split: {column: part, value: held-out}", "multi-label")
    #expect((0..<heldOut.count).map { heldOut.name(at: $0) } == ["b.jpg"])
    // The labels are those of the table, whatever is in a part.
    #expect(heldOut.columns[0].names == ["red", "blue", "car"])
    let classes = try data("", "class")
    #expect((0..<classes.count).map { classes.label(at: $0) } == [2, 2, -1])
    #expect(try data(", label: labels", "class").columns[0].kind == .multiLabel)
    #expect(throws: RecipeError.self) { try data(", weight: w", "class") }
  }
}
