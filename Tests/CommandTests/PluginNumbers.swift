import Testing
import ZooArchive

extension PluginTests {
  /// A head from elsewhere learns numbers from a table, and its own metric and decoding come out of the commands.
  func learnsNumbers(_ shop: Workshop, plugins: String) throws {
    try shop.furnish()
    try shop.write(
      "train.csv",
      """
      image,way
      train/red/0.png,1;0
      train/red/1.png,2;0
      train/red/2.png,
      train/blue/0.png,0;1
      train/blue/1.png,0;3
      train/blue/2.png,0;1

      """)
    try shop.write("test.csv", "image,way\ntest/red/0.png,1;0\ntest/blue/0.png,0;1\n")
    try shop.write(
      "numbers.yaml",
      """
      model: tiny.tar
      heads:
        way: {plugin: guide-angle, weights: new}
      tasks:
        way: {train: {format: csv, path: train.csv, kind: vector}}
      train: {steps: 60, batch: 6, optimizer: {kind: adamw, rate: 0.01}}

      """)
    let place = ["ZOO_PLUGIN_PATH=\(plugins)"]
    func output(_ arguments: String...) throws -> String {
      let outcome = try shop.zoo(arguments, place)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome.output
    }
    _ = try output("finetune", "numbers.yaml", "--output", "numbers")
    let model = "numbers/model.tar"
    let measured = try JSONValue(
      parsing: try output("evaluate", model, "--data", "{format: csv, path: test.csv, kind: vector}", "--json"),
      file: "out")
    #expect(try #require(measured["mean-cosine"]?.number) > 0.9)
    let predicted = try JSONValue(
      parsing: try output("predict", model, "test/red/0.png", "--json"), file: "out")
    let direction = predicted["decoded"]?["direction"]
    let (along, across) = (try #require(direction?[0]?.number), try #require(direction?[1]?.number))
    #expect(along > 0.8 && abs(along * along + across * across - 1) < 1e-3)
  }
}
