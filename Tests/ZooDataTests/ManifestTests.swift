import Testing
import ZooData

@Suite struct ManifestTests {
  func csv(_ text: String, _ options: TableOptions = TableOptions()) throws -> (TemporaryFolder, ManifestDataset) {
    let folder = try TemporaryFolder()
    try folder.add("labels.csv", Array(text.utf8))
    return (folder, try ManifestDataset(path: "\(folder.path)/labels.csv", format: .csv, options: options))
  }

  func jsonl(_ text: String, _ options: TableOptions = TableOptions()) throws -> (TemporaryFolder, ManifestDataset) {
    let folder = try TemporaryFolder()
    try folder.add("labels.jsonl", Array(text.utf8))
    return (folder, try ManifestDataset(path: "\(folder.path)/labels.jsonl", format: .jsonl, options: options))
  }

  /// The error's text with the folder's name left out.
  func problem(csv text: String, _ options: TableOptions = TableOptions()) throws -> String {
    let folder = try TemporaryFolder()
    try folder.add("labels.csv", Array(text.utf8))
    let all = message {
      _ = try ManifestDataset(path: "\(folder.path)/labels.csv", format: .csv, options: options)
    }
    return all.replacing("\(folder.path)/", with: "")
  }

  func problem(jsonl text: String, _ options: TableOptions = TableOptions()) throws -> String {
    let folder = try TemporaryFolder()
    try folder.add("labels.jsonl", Array(text.utf8))
    let all = message {
      _ = try ManifestDataset(path: "\(folder.path)/labels.jsonl", format: .jsonl, options: options)
    }
    return all.replacing("\(folder.path)/", with: "")
  }

  func values(_ data: any Dataset, _ column: Int = 0) -> [LabelValue] {
    (0..<data.count).map { data.value(at: $0, column: column) }
  }

  @Test func aManifestHasPathsLabelsWeightsAndGroups() throws {
    let (folder, data) = try csv(
      "path,colour,weight,tone\r\na/1.png,red,,light\r\n\"b, c.png\",,2,\r\n/d.png,\"blue \"\"sky\"\"\",0.5,dark\r\n",
      TableOptions(groups: ["tone"]))
    #expect(data.count == 3 && data.columns.map(\.name) == ["colour"])
    #expect(data.classes == ["blue \"sky\"", "red"])
    #expect((0..<3).map { data.label(at: $0) } == [1, -1, 0])
    #expect((0..<3).map { data.weight(at: $0) } == [1, 2, 0.5])
    #expect((0..<3).map { data.group(at: $0, column: 0) } == ["light", nil, "dark"])
    #expect((0..<3).map { data.name(at: $0) } == ["a/1.png", "b, c.png", "/d.png"])
    #expect((0..<3).map { data.place(at: $0) } == ["\(folder.path)/a/1.png", "\(folder.path)/b, c.png", "/d.png"])
    try folder.add("a/1.png", plainPNG(7))
    guard case .image(let image) = try data.example(at: 0) else { return }
    #expect(image.pixels[0] == 7)
    #expect(
      message { _ = try data.example(at: 1) }
        == "\(folder.path)/b, c.png: cannot be read: No such file or directory")
  }

  @Test func whatAColumnHoldsIsToldFromItsValues() throws {
    let text = """
      image,n,name,x,mixed,code
      1.png,3,b,0.5,1,007
      2.png,,,,,
      3.png,0,a,-2,zero,12

      """
    let (_, data) = try csv(text, TableOptions(labels: .all))
    #expect(data.columns.map(\.kind) == [.classes, .classes, .vector, .classes, .classes])
    #expect(data.columns[0].names == [] && data.columns[0].width == 4)
    #expect(values(data, 0) == [.class(3), .missing, .class(0)])
    #expect(values(data, 1) == [.class(1), .missing, .class(0)])
    #expect(values(data, 2) == [.vector([0.5]), .missing, .vector([-2])])
    // A number among names, or one that begins with 0, is a name.
    #expect(data.columns[3].names == ["1", "zero"] && data.columns[4].names == ["007", "12"])
    let (_, numbers) = try csv("path,y\n1.png,3\n2.png,0.25\n", TableOptions())
    #expect(values(numbers) == [.vector([3]), .vector([0.25])])
  }

  @Test func theRecipeMaySayWhatAColumnHolds() throws {
    let (_, tags) = try csv(
      "path,tags\n1.png,old;red\n2.png,\n3.png,;\n4.png,red\n", TableOptions(kind: .multiLabel))
    #expect(tags.columns[0].names == ["old", "red"])
    #expect(
      values(tags) == [.labels([ScoredLabel(0), ScoredLabel(1)]), .missing, .labels([]), .labels([ScoredLabel(1)])])
    let (_, numbered) = try csv("path,tags\n1.png,4;0\n", TableOptions(kind: .multiLabel))
    #expect(values(numbered) == [.labels([ScoredLabel(4), ScoredLabel(0)])] && numbered.columns[0].width == 5)
    let (_, wide) = try csv("path,tags\n1.png,4;0\n", TableOptions(kind: .multiLabel, count: 8))
    #expect(wide.columns[0].width == 8)
    let (_, box) = try csv("path,box\n1.png,1;2.5\n2.png,3;4\n", TableOptions(kind: .vector))
    #expect(values(box) == [.vector([1, 2.5]), .vector([3, 4])] && box.columns[0].width == 2)
    let (_, age) = try csv("path,age\n1.png,31\n", TableOptions(kind: .vector))
    #expect(values(age) == [.vector([31])])
    let (_, named) = try csv("path,k\n1.png,b\n2.png,a\n", TableOptions(names: ["b", "c", "a"]))
    #expect(named.classes == ["b", "c", "a"] && values(named) == [.class(0), .class(2)])
    #expect(
      try problem(csv: "path,k\n1.png,b\n2.png,d\n", TableOptions(names: ["b", "c"]))
        == "labels.csv:3:7: 'd' is not among the 2 classes (b, c)")
  }

  @Test func jsonSaysWhatItsValuesAre() throws {
    let text = """
      {"file": "1.png", "k": "cat", "tags": ["a", "b"], "soft": {"u": 0.25, "v": null}, "v": [1, 2.5], "n": 2}
      {"file": "2.png", "k": null, "tags": [], "soft": {"v": 1}, "v": [3, 4], "n": null}

      {"n": 0, "file": "3.png", "late": true}
      """
    let (_, data) = try jsonl(text, TableOptions(labels: .all))
    #expect(data.columns.map(\.name) == ["k", "tags", "soft", "v", "n", "late"])
    #expect(data.columns.map(\.kind) == [.classes, .multiLabel, .multiLabel, .vector, .classes, .classes])
    #expect(values(data, 0) == [.class(0), .missing, .missing])
    #expect(values(data, 1) == [.labels([ScoredLabel(0), ScoredLabel(1)]), .labels([]), .missing])
    guard case .labels(let soft) = values(data, 2)[0] else { return }
    #expect(soft[0] == ScoredLabel(0, 0.25) && soft[1].label == 1 && soft[1].value.isNaN)
    #expect(values(data, 3) == [.vector([1, 2.5]), .vector([3, 4]), .missing])
    #expect(values(data, 4) == [.class(2), .missing, .class(0)])
    #expect(data.columns[5].names == ["true"] && values(data, 5) == [.missing, .missing, .class(0)])
  }

  @Test func theLabelColumnIsFoundOrAskedFor() throws {
    let (_, data) = try csv("path,label,other\n1.png,a,b\n", TableOptions())
    #expect(data.columns.map(\.name) == ["label"])
    let (_, chosen) = try csv("path,label,other\n1.png,a,b\n", TableOptions(labels: .named(["other", "label"])))
    #expect(chosen.columns.map(\.name) == ["other", "label"])
    #expect(
      try problem(csv: "path,hue,shade\n1.png,a,b\n")
        == "labels.csv:1:1: hue, shade could each be the labels; choose one with 'label'")
    #expect(
      try problem(csv: "path,hue\n1.png,a\n", TableOptions(labels: .named(["hu"])))
        == "labels.csv:1:1: there is no column 'hu'; there are path, hue")
    #expect(try problem(csv: "path,weight\n1.png,1\n") == "labels.csv:1:1: no column of labels beside path, weight")
    #expect(
      try problem(csv: "picture,label\n1.png,1\n")
        == "labels.csv:1:1: no column of image paths (image, path, file, filename, file_name); there are picture, label; "
        + "name it with 'image'")
  }

  @Test(arguments: [
    ("", "labels.csv:1:1: is empty; the first line must name the columns"),
    ("path,label\n", "labels.csv: holds no examples"),
    ("path,label\n1.png,a\n2.png\n", "labels.csv:3:1: the line has 1 fields, the header 2"),
    ("path,label\n1.png,a,b\n", "labels.csv:2:1: the line has 3 fields, the header 2"),
    (
      "path,label\n1.png,a\"b\"\n",
      "labels.csv:2:8: a quote inside a field that does not begin with one; write \"…\"\"…\""
    ),
    (
      "path,label\n\"1.png\"x,a\n", "labels.csv:2:8: 'x' after the closing quote; a comma or the line's end must follow"
    ),
    ("path,label\n1.png,\"a\n\n", "labels.csv:2:7: the quote that opens here is never closed"),
    ("path,label\n\"1\n.png\",a\n2.png,\"\n", "labels.csv:4:7: the quote that opens here is never closed"),
    ("path,label\r1.png,a\r", "labels.csv:1:11: a carriage return without a line feed"),
    ("path,path\n1.png,a\n", "labels.csv:1:6: column 'path' is there twice"),
    ("path,label\n,a\n", "labels.csv:2:1: 'path' is empty; it must be an image's path"),
    ("path,label,weight\n1.png,a,-1\n", "labels.csv:2:9: the weight \"-1\"; it must be a number of at least 0"),
    (
      "path,label\n1.png,0.5\n2.png,cat\n", "labels.csv:3:7: 'cat' among numbers; say what the column holds with 'kind'"
    ),
    ("path,label\n1.png,99999999\n", "labels.csv:2:7: label 99999999; labels are whole numbers from 0 to 9999999"),
  ])
  func brokenCSVIsNamedWithItsPlace(text: String, wanted: String) throws {
    #expect(try problem(csv: text) == wanted)
  }

  @Test func textThatIsNoUTF8IsNamed() throws {
    let folder = try TemporaryFolder()
    try folder.add("labels.csv", Array("path,label\n1.png,a\n2.png,".utf8) + [0xFF, 0x0A])
    #expect(
      message { _ = try ManifestDataset(path: "\(folder.path)/labels.csv", format: .csv) }
        == "\(folder.path)/labels.csv:3:7: not UTF-8 text")
  }

  @Test(arguments: [
    ("", "labels.jsonl: holds no examples"),
    ("[1]\n", "labels.jsonl:1:1: a line must hold one JSON object"),
    ("{\"path\": \"1.png\", \"label\": 1}\n\n{\"path\" \"2.png\"}", "labels.jsonl:3:9: expected ':', found '\"'"),
    (
      "{\"path\": \"1.png\", \"label\": 1}\n{\"label\": 2}",
      "labels.jsonl:2:1: 'path' is empty; it must be an image's path"
    ),
    (
      "{\"path\": \"1.png\", \"label\": [1, 2]}\n{\"path\": \"2.png\", \"label\": [3]}",
      "labels.jsonl:2:19: 1 numbers where those above have 2"
    ),
    (
      "{\"path\": \"1.png\", \"label\": [1, \"a\"]}", "labels.jsonl:1:19: a list of mixed values is no list of labels"
    ),
    (
      "{\"path\": \"1.png\", \"label\": {\"a\": 2}}",
      "labels.jsonl:1:19: 'a' without a number from 0 to 1 is no list of labels"
    ),
  ])
  func brokenJSONLIsNamedWithItsPlace(text: String, wanted: String) throws {
    #expect(try problem(jsonl: text) == wanted)
  }

  @Test func mutatedManifestsNeverCrash() throws {
    let good = Array(
      "path,label,tags,weight\n\"a\"\"b.png\",cat,1;2,0.5\nb.png,,,\nc.png,dog,3,1\n\"d\ne.png\",7,1e3,2\n".utf8)
    let lines = Array("{\"path\":\"a\",\"label\":[\"x\"]}\n{\"path\":\"b\",\"label\":{\"y\":0.5,\"x\":null}}\n".utf8)
    let folder = try TemporaryFolder()
    var random = CounterRandom(seed: 3)
    var read = 0
    for round in 0..<400 {
      var text = round % 2 == 0 ? good : lines
      for _ in 0...random.integer(below: 2) {
        let byte =
          random.chance(0.5)
          ? Array("\",;\n\r0x{}[]:-".utf8)[random.integer(below: 13)] : UInt8(random.integer(below: 256))
        text[random.integer(below: text.count)] = byte
      }
      try folder.add("m", text)
      let kinds: [LabelColumn.Kind?] = [nil, .classes, .multiLabel, .vector]
      let options = TableOptions(labels: round % 3 == 0 ? .all : .automatic, kind: kinds[round % 4])
      if let data = try? ManifestDataset(
        path: "\(folder.path)/m", format: round % 2 == 0 ? .csv : .jsonl, options: options)
      {
        read += 1
        for index in 0..<data.count {
          for (at, column) in data.columns.enumerated() {
            switch data.value(at: index, column: at) {
            case .class(let label): #expect(label >= 0 && Int(label) < column.width)
            case .labels(let items): #expect(items.allSatisfy { $0.label >= 0 && Int($0.label) < column.width })
            case .vector(let numbers): #expect(numbers.count == column.width)
            case .missing: break
            }
          }
        }
      }
    }
    #expect(read > 20 && read < 400)
  }
}
