import ArgumentParser
import FoundationEssentials
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

struct Forward: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a tensor through a model and write every named output and activation.",
    discussion: """
      The tensor is float32 [N, 3, H, W] (or [N, H, W, 3]), already normalised. Each activation of the backbone is written as \
      NAME.npy; 'pooled' also as features.npy. A head's output is HEAD.OUTPUT.npy, and OUTPUT.npy where there is one head.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Option(help: ArgumentHelp("The input.", valueName: "x.npy"))
  var tensor: String
  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var out: String
  @Flag(help: "Replace files that exist already.")
  var overwrite = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let model = try shared.open(model)
      let images = try ImageTensor(path: tensor)
      let engine = try compute.open()
      let batch = min(images.count, 16)
      let inference = try Inference(
        model, engine: engine, batch: batch, activations: true,
        size: ImageSize(height: images.height, width: images.width))
      let files = inference.names.map { name in
        (name: name, paths: fileNames(for: name, heads: model.heads.count).map { "\(out)/\($0).npy" })
      }
      for path in files.flatMap(\.paths) { try checkOutput(path, overwrite: overwrite, option: "--out") }
      var results: [String: (values: [Float], shape: [Int])] = [:]
      for start in stride(from: 0, to: images.count, by: batch) {
        let count = min(batch, images.count - start)
        try inference.run(images.values(start..<(start + count)))
        for name in inference.names {
          let part = try inference.output(name, count: count)
          results[name, default: ([], part.shape)].values += part.values
        }
      }
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      for (name, paths) in files {
        guard let result = results[name] else { continue }
        let shape = [images.count] + result.shape.dropFirst()
        for path in paths {
          try NpyArray.write(path: path, floats: result.values, shape: shape)
          print("\(path)  [\(shape.map(String.init).joined(separator: ", "))]")
        }
      }
    }
  }

  private func fileNames(for name: String, heads: Int) -> [String] {
    if name == "pooled" { return ["pooled", "features"] }
    guard heads == 1, let dot = name.firstIndex(of: "."), !name.hasPrefix("block") else { return [name] }
    return [name, String(name[name.index(after: dot)...])]
  }
}
