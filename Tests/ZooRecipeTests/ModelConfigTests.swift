import Testing
import ZooRecipe

private let awkward = [
  "yes", "1e3", "a: b", "", "null", "~", "007", "#x", "- a", "é 日本 👗", " lead", "trail ", "tab\there",
  "line\nbreak", "quote\"s'", "back\\slash", "\u{0}", "\u{85}\u{2028}\u{FEFF}\u{FFFE}\u{10FFFF}", "{a}",
  "[b]", "@c",
  "!d", "*e", "&f", "%g", "true", "---", "...", "a #b", "t-shirt", "long sleeve", "<<", "=", "?", "\r\n",
  "\u{7F}",
]

private let config = ModelConfig(
  architecture: "vit", variant: "vit-b16",
  options: PluginOptions([
    ("width", .int(768)), ("units", .list([.int(1), .int(2)])), ("rate", .double(1e-20)),
    ("exact", .bool(true)),
    ("deep", .list([.list([.text("1")]), .map([("x", .text("no")), ("y", .list([.map([])]))])])),
  ]),
  input: ModelInput(
    height: 224, width: 192, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225],
    range: PixelRange(low: -1, high: 1)),
  preprocessing: [
    .resize(size: ImageSize(height: 256, width: 256), mode: .shortSide, filter: .bicubic),
    .crop(size: ImageSize(height: 224, width: 192), position: .center), .crop(size: nil, position: .center),
    .flip(probability: 0.1),
  ],
  heads: [
    ModelHead(
      name: "label", plugin: "linear", version: "1.0", inputs: ["pooled"], target: "class",
      labels: .names(awkward),
      options: PluginOptions([("smoothing", .double(0.1))])),
    ModelHead(
      name: "second", plugin: "org.example/mlp", version: "2", inputs: ["tokens", "pooled"],
      target: "multi-label",
      labels: .count(21843)),
    ModelHead(
      name: "embed", plugin: "norm-softmax", version: "0.1.0-beta", inputs: ["pooled"], target: "vector"),
  ],
  source: [SourceNote("weights", "timm: vit_base, 2021"), SourceNote("1", "")])

@Suite("The config of a model archive")
struct ModelConfigTests {
  @Test func readsBackEqual() throws {
    let bytes = try config.encoded()
    let again = try ModelConfig(bytes: bytes, name: "x.tar:config.yaml")
    #expect(again == config)
    #expect(try again.encoded() == bytes)
    let small = ModelConfig(architecture: "bit", input: ModelInput(height: 8, width: 8))
    #expect(try ModelConfig(bytes: small.encoded(), name: "x") == small)
  }

  @Test func eachAwkwardLabelReadsBackAlone() throws {
    for label in awkward {
      var one = config
      one.heads[0].labels = .names([label])
      #expect(try ModelConfig(bytes: one.encoded(), name: "x").heads[0].labels == .names([label]))
    }
  }

  @Test func looksLikeThis() throws {
    var config = config
    config.heads = [config.heads[1]]
    config.heads[0].labels = .names(["hat", "no", "a: b", "é"])
    #expect(
      config.yaml() == """
        schema: zoo.config/1
        architecture: vit
        variant: vit-b16
        options:
          width: 768
          units: [1, 2]
          rate: 1e-20
          exact: true
          deep:
            - ["1"]
            - x: "no"
              "y":
                - {}
        input:
          height: 224
          width: 192
          channels: 3
          mean: [0.485, 0.456, 0.406]
          std: [0.229, 0.224, 0.225]
          range: [-1.0, 1.0]
        preprocessing:
          - resize:
              size: 256
              mode: short-side
              filter: bicubic
          - crop:
              height: 224
              width: 192
              position: center
          - crop:
              position: center
          - flip:
              probability: 0.1
        heads:
          - name: second
            plugin: org.example/mlp
            version: "2"
            input: [tokens, pooled]
            target: multi-label
            labels: [hat, "no", "a: b", "é"]
        source:
          weights: "timm: vit_base, 2021"
          "1": ""

        """)
  }

  @Test(arguments: [
    (
      "schema: zoo.config/2\nfuture: 1\n",
      """
      m.tar:config.yaml:1:9: 'schema' must be 'zoo.config/1', not the text 'zoo.config/2'
          1 | schema: zoo.config/2
            |         ^ this file is of another version of zoo
      """
    ),
    (
      "architecture: vit\n",
      """
      m.tar:config.yaml:1:1: 'schema' is missing
          1 | architecture: vit
            | ^ add it, for example 'schema: zoo.config/1'
      """
    ),
    (
      "schema: zoo.config/1\narchitecture: vit\n"
        + "input: {height: 8, width: 8, channels: 1, mean: [0], std: [0]}\n",
      """
      m.tar:config.yaml:3:60: 'input.std[0]' must be a number above 0.0, not the number 0
          3 | input: {height: 8, width: 8, channels: 1, mean: [0], std: [0]}
            |                                                            ^
      """
    ),
    (
      "schema: zoo.config/1\narchitecture: vit\n"
        + "input: {height: 8, width: 8, channels: 3, mean: [0], std: [1]}\n",
      """
      m.tar:config.yaml:3:49: 'input.mean' must have 3 numbers, not 1
          3 | input: {height: 8, width: 8, channels: 3, mean: [0], std: [1]}
            |                                                 ^
      """
    ),
    ("", "m.tar:config.yaml: there is nothing in it; expected a mapping of keys to values"),
  ])
  func mistakes(_ yaml: String, _ says: String) {
    #expect(throws: RecipeError.self) { try ModelConfig(bytes: Array(yaml.utf8), name: "m.tar:config.yaml") }
    do {
      _ = try ModelConfig(bytes: Array(yaml.utf8), name: "m.tar:config.yaml")
    } catch {
      #expect(String(describing: error) == says)
    }
  }

  @Test func whatWouldNotReadBackIsNotWritten() {
    var wrong = config
    wrong.heads[1].name = "label"
    #expect(throws: RecipeError.self) { try wrong.encoded() }
    wrong = config
    wrong.input.mean = [0]
    #expect(throws: RecipeError.self) { try wrong.encoded() }
    wrong = config
    wrong.input.std[1] = .nan
    #expect(throws: RecipeError.self) { try wrong.encoded() }
  }

  @Test func manyLabels() throws {
    var large = config
    large.heads[0].labels = .names((0..<50_000).map { "class \($0), with a longer name" })
    #expect(try ModelConfig(bytes: large.encoded(), name: "x") == large)
  }
}
