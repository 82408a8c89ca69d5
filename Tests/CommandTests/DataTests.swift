import Testing

@Suite("Data of every format")
struct DataTests {
  /// A manifest of the furnished images: a label is missing, an image is cut short in its pixels, another is none at all.
  func shop() throws -> Workshop {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("train/red/1.png", Array(try shop.bytes("train/red/1.png").prefix(60)))
    try shop.write("train/blue/2.png", "hello")
    try shop.write(
      "labels.csv",
      """
      path,colour,warmth,weight,batch
      train/red/0.png,red,0.9,1,a
      train/red/1.png,red,0.8,1,a
      train/red/2.png,,1,2,a
      train/blue/0.png,blue,,1,b
      train/blue/1.png,blue,0.1,0.5,b
      train/blue/2.png,blue,0.2,1,b

      """)
    try shop.write(
      "test.jsonl",
      """
      {"file": "test/red/0.png", "colour": "red"}
      {"file": "test/blue/0.png", "colour": "blue"}
      {"file": "test/blue/1.png"}

      """)
    try shop.write(
      "recipe.yaml",
      """
      model: tiny.tar
      heads: {colour: {weights: new}}
      tasks:
        colour:
          train: {format: csv, path: labels.csv, label: colour, broken: skip}
          evaluate: {format: jsonl, path: test.jsonl, label: colour}
      transform: {train: [random-resized-crop, flip, rand-augment: {layers: 1}]}
      train: {steps: 4, batch: 4}

      """)
    return shop
  }

  @Test func aRunLearnsFromAManifestAndNamesWhatItPassedOver() throws {
    let shop = try shop()
    let outcome = try shop.zoo("finetune", "recipe.yaml", "-o", "run")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      outcome.errors.hasSuffix(
        """

        note: 2 images of task 'colour' could not be read and counted for nothing:
          train/blue/2.png: not a JPEG, PNG or WebP image (starts with 68 65 6c 6c)
          train/red/1.png: the PNG image is cut short

        """), "\(outcome.errors)")
    #expect(outcome.output.contains("images 2"))
    let measured = try shop.done("evaluate", "run/model.tar", "--data", "test.jsonl")
    #expect(measured.contains("images 2"))
    // Without leave to skip, the same data end the run before its first step.
    let refused = try shop.refused(
      1, "finetune", "recipe.yaml", "--set", "tasks.colour.train.broken=error", "-o", "other")
    #expect(refused.hasSuffix("error: train/blue/2.png: not a JPEG, PNG or WebP image (starts with 68 65 6c 6c)\n"))
  }

  @Test func inspectingShowsColumnsGapsAndBrokenImages() throws {
    let shop = try shop()
    let all = try shop.zoo("data", "inspect", "labels.csv", "--look", "everything")
    #expect(all.code == 1)
    #expect(
      all.output == """
        labels.csv: 6 examples
        size      18-20 x 18-20 pixels (width x height)
        column    colour: 2 classes, 1 missing
                    blue  3
                    red   2
        column    warmth: 1 numbers, 1 missing
        column    batch: 2 classes, none missing
                    a  3
                    b  3
        unreadable  2
          train/red/1.png: the PNG image is cut short
          train/blue/2.png: not a JPEG, PNG or WebP image (starts with 68 65 6c 6c)

        """)
    let json = try shop.zoo(
      "data", "inspect", "{format: csv, path: labels.csv, label: colour, groups: [batch]}", "--json")
    #expect(
      json.output.contains(
        #""groups":[{"name":"batch","counts":[{"name":"a","examples":3},{"name":"b","examples":3}]}]"#))
    #expect(
      try shop.refused(1, "data", "inspect", "{format: csv, path: labels.csv, label: color}")
        == "error: labels.csv:1:1: there is no column 'color'; there are path, colour, warmth, weight, batch\n")
  }

  /// As a recipe would take them: a part, and so many of each class.
  @Test func inspectingLooksAtThePartThatIsNamed() throws {
    let shop = try Workshop()
    try shop.furnish()
    func counts(_ more: String) throws -> [Substring] {
      try shop.done("data", "inspect", "{format: folder, path: train\(more)}").split(separator: "\n").filter {
        $0.contains("examples") || $0.hasPrefix("    ")
      }
    }
    #expect(try counts("") == ["train: 6 examples", "            blue  3", "            red   3"])
    #expect(try counts(", limit-per-class: 1") == ["train: 2 examples", "            blue  1", "            red   1"])
    #expect(
      try counts(", split: {fraction: 0.67, part: train}") == ["train: 4 examples", "            blue  2", "            red   2"])
    #expect(
      try counts(", split: {fraction: 0.67, part: validation}") == ["train: 2 examples", "            blue  1", "            red   1"])
    try shop.write("labels.csv", "path,colour,fold\ntrain/red/0.png,red,a\ntrain/blue/0.png,blue,b\ntrain/blue/1.png,blue,b\n")
    let part = try shop.done(
      "data", "inspect", "{format: csv, path: labels.csv, label: colour, split: {column: fold, value: b}}")
    #expect(part.contains("labels.csv: 2 examples"))
    #expect(part.contains("groups    fold: b 2"))
  }

  @Test func loadingIsMeasuredWithoutAModel() throws {
    let shop = try Workshop()
    try shop.furnish()
    #expect(
      try shop.done("data", "speed", "train", "--size", "8", "--batch", "3", "--images", "9").hasPrefix("9 images in "))
  }
}
