import FoundationEssentials
import Testing
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooTrain

@Suite("Models with int8 products")
struct QuantizeTests {
  /// A fixture's model at the size of its images, and these as a data set.
  private func subject(_ reference: Reference) throws -> (model: Model, data: TensorDataset, transform: Transform) {
    let shape = try NpyArray.read(reference.file("input.npy")).shape
    let model = try Model.importing(
      reference.file("timm.safetensors"), architecture: reference.kind,
      options: try PluginOptions(settings: reference.options.filter { !$0.hasPrefix("image") } + ["image=\(shape[2])"]),
      headName: "label", licence: "Apache-2.0", plugins: plugins)
    return (
      model, try TensorDataset(images: reference.file("input.npy"), labels: reference.file("labels.npy")),
      try Transform(steps: [], height: shape[2], width: shape[3])
    )
  }

  private func quantized(_ reference: Reference, _ settings: QuantizeSettings = .init()) throws -> QuantizedResult {
    let (model, data, transform) = try subject(reference)
    return try model.quantized(settings, on: data, transform: transform, engine: Engine(threads: 1))
  }

  private func outputs(_ model: Model, _ reference: Reference, _ engine: Engine) throws -> [Float] {
    let (images, count, _) = try reference.images()
    let inference = try Inference(model, engine: engine, batch: count)
    try inference.run(images)
    return try inference.output("label.logits", count: count).values
  }

  /// 8 bits of weights and activations over a few layers of random weights, on every engine.
  @Test(arguments: Reference.all, engines) func outputsStayClose(
    _ reference: Reference, _ choice: ZooEngine.EngineChoice
  ) throws {
    let result = try quantized(reference)
    #expect(result.model.parameterCount == (try subject(reference)).model.parameterCount)
    #expect(result.left.map(\.reason) == ["it sees the image", "a head"])
    let engine = try Engine(choice, threads: 2)
    let want = try outputs(try subject(reference).model, reference, engine)
    let error = try relative(outputs(result.model, reference, engine), want)
    #expect(error < 0.05, "\(error)")
    // Not floats under another name.
    #expect(error > 1e-4, "\(error)")
    #expect(result.model.weightBytes * 2 < (try subject(reference)).model.weightBytes)
  }

  @Test(.enabled(if: engines.count > 1), arguments: Reference.all) func enginesAgree(_ reference: Reference) throws {
    let model = try quantized(reference).model
    let both = try engines.map { try outputs(model, reference, Engine($0, threads: 2)) }
    // A value between two bytes may go to either.
    #expect(relative(both[0], both[1]) < 0.02)
  }

  @Test(arguments: ModelQuantization.Range.allCases) func everyRangeAndNoMigration(_ range: ModelQuantization.Range) throws {
    let reference = Reference.all[0]
    var settings = QuantizeSettings()
    (settings.range, settings.migration, settings.ends) = (range, 0, true)
    let result = try quantized(reference, settings)
    #expect(result.left.isEmpty)
    let engine = try Engine(threads: 1)
    let want = try outputs(try subject(reference).model, reference, engine)
    #expect(try relative(outputs(result.model, reference, engine), want) < 0.08)
  }

  /// The product that hurts stays as it is: here one of weights that 8 bits cannot hold beside each other.
  @Test func theWorstStays() throws {
    let reference = Reference.all[0]
    let (model, data, transform) = try subject(reference)
    let name = "blocks.1.mlp.fc2.weight"
    var values = try model.store.values(name)
    // In every row one weight is large, and it meets an input that is always the same.
    for row in stride(from: 0, to: values.count, by: 256) { values[row] = 200 }
    try model.store.set(name, values)
    var settings = QuantizeSettings()
    settings.keepWorst = 1
    let result = try model.quantized(settings, on: data, transform: transform, engine: Engine(threads: 1))
    #expect(result.left.count == 3)
    #expect(result.left.last?.name == name)
    #expect(result.left.last?.reason.hasPrefix("by itself it changes the outputs by ") == true)
    #expect(result.model.config.quantization?.weights.contains(name) == false)
    #expect(result.model.config.quantization?.weights.count == 7)
  }

  /// One channel a hundred times as large as the others ruins a scale for all, unless it moves into the weights.
  @Test func migrationTakesOutliers() throws {
    let reference = Reference.all[0]
    let (model, data, transform) = try subject(reference)
    for norm in ["blocks.0.norm1", "blocks.1.norm2"] {
      for part in ["weight", "bias"] {
        var values = try model.store.values("\(norm).\(part)")
        values[3] *= 100
        try model.store.set("\(norm).\(part)", values)
      }
    }
    // The product stays as it was.
    for weight in ["blocks.0.attn.qkv.weight", "blocks.1.mlp.fc1.weight"] {
      var values = try model.store.values(weight)
      for row in stride(from: 3, to: values.count, by: 64) { values[row] /= 100 }
      try model.store.set(weight, values)
    }
    let engine = try Engine(threads: 1)
    let want = try outputs(model, reference, engine)
    func error(_ migration: Double) throws -> Float {
      var settings = QuantizeSettings()
      (settings.migration, settings.range) = (migration, .minMax)
      let result = try model.quantized(settings, on: data, transform: transform, engine: engine)
      return relative(try outputs(result.model, reference, engine), want)
    }
    #expect(try error(0.5) < 0.05)
    #expect(try error(0) > 2 * error(0.5))
  }

  @Test(arguments: Reference.all) func archivesHoldIt(_ reference: Reference) throws {
    let scratch = try Scratch()
    let engine = try Engine(threads: 1)
    let parent = scratch.file("parent.tar")
    try subject(reference).model.write(to: parent, name: "parent", createdBy: "test")
    let (_, data, transform) = try subject(reference)
    let original = try Model.open(parent, plugins: plugins)
    let made = try original.quantized(.init(), on: data, transform: transform, engine: engine).model
    let path = scratch.file("q.tar")
    try made.write(to: path, name: "q", createdBy: "zoo quantize", golden: Golden(made))
    let want = try outputs(made, reference, engine)
    for mapped in [false, true] {
      let model = try Model.open(path, plugins: plugins, mapped: mapped)
      #expect(model.config.quantization == made.config.quantization)
      #expect(try outputs(model, reference, engine) == want)
      try model.write(to: scratch.file("again.tar"), name: "q", createdBy: "zoo quantize")
    }
    let archive = try ModelArchive.open(path)
    #expect(archive.manifest.provenance.parents.map(\.name) == ["parent"])
    for name in made.config.quantization?.weights ?? [] {
      #expect(archive.weights.entry(name)?.dtype == .i8)
      #expect(archive.weights.entry(name + ".scale")?.dtype == .f32)
      #expect(archive.weights.entry(name + ".input")?.shape == [2])
    }
    for choice in engines {
      let check = try GoldenCheck(archive, Model.open(path, plugins: plugins), engine: Engine(choice))
      #expect(check.failed.isEmpty)
    }
    // Its trunk is another: heads of the parent mean nothing on it.
    #expect(try Model.open(path, plugins: plugins).config.trunk != original.config.trunk)
  }

  @Test func canBeUsedButNotChanged() throws {
    let scratch = try Scratch()
    let reference = Reference.all[0]
    let (model, data, transform) = try subject(reference)
    try model.write(to: scratch.file("parent.tar"), name: "parent", createdBy: "test")
    let made = try Model.open(scratch.file("parent.tar"), plugins: plugins)
      .quantized(.init(), on: data, transform: transform, engine: Engine(threads: 1)).model
    try made.write(to: scratch.file("q.tar"), name: "q", createdBy: "zoo quantize")
    let opened = try Model.open(scratch.file("q.tar"), plugins: plugins)
    let refusal = "q: is quantised to int8: it can be used, but not"
    #expect(
      scratch.failure { _ = try scratch.prepare(reference.recipe(model: scratch.file("q.tar"))) }
        == "\(refusal) trained; take parent for that")
    #expect(scratch.failure { _ = try opened.export(.timm, to: scratch.file("out")) }.hasPrefix("\(refusal) exported"))
    #expect(
      scratch.failure {
        _ = try opened.quantized(.init(), on: data, transform: transform, engine: Engine(threads: 1))
      }.hasPrefix("\(refusal) quantised again"))
    #expect(
      scratch.failure {
        _ = try TrainingProgram(opened, heads: ["label"], engine: Engine(threads: 1), microBatch: 2)
      }.hasPrefix("\(refusal) trained"))
  }

  /// What is compared when a model is quantised: outputs, answers and, with labels, who is right.
  @Test func comparison() throws {
    let reference = Reference.all[0]
    let (model, data, transform) = try subject(reference)
    let made = try quantized(reference).model
    let comparison = try OutputComparison(
      model, made, on: data, transform: transform, engine: Engine(threads: 1), batch: 3, labels: model.heads[0])
    #expect(comparison.images == data.count)
    let output = try #require(comparison.outputs.first)
    #expect(output.name == "label.logits")
    #expect(output.meanCosine > 0.99 && output.leastCosine <= output.meanCosine)
    let (before, after) = try (
      outputs(model, reference, Engine(threads: 1)), outputs(made, reference, Engine(threads: 1))
    )
    func answers(_ logits: [Float]) -> [Int] {
      stride(from: 0, to: logits.count, by: 10).map { start in
        (0..<10).max { logits[start + $0] < logits[start + $1] } ?? 0
      }
    }
    let labels = (0..<data.count).map { data.label(at: $0) }
    func share(_ a: [Int], _ b: [Int]) -> Double { Double(zip(a, b).filter { $0 == $1 }.count) / Double(a.count) }
    #expect(output.agreement == share(answers(before), answers(after)))
    #expect(output.accuracy?.reference == share(answers(before), labels))
    #expect(output.accuracy?.other == share(answers(after), labels))
  }

  /// Archives that say something else than they hold.
  @Test func hostileArchives() throws {
    let scratch = try Scratch()
    let made = try quantized(Reference.all[0]).model
    try made.write(to: scratch.file("q.tar"), name: "q", createdBy: "zoo quantize")
    let name = "blocks.0.mlp.fc1.weight"
    func opened(
      config edit: (String) -> String = { $0 }, changing change: (inout [TensorSource]) throws -> Void = { _ in }
    ) throws -> String {
      let folder = scratch.file("folder")
      try? FileManager.default.removeItem(atPath: folder)
      let archive = try ModelArchive.open(scratch.file("q.tar"))
      var sources = try archive.weights.entries.map { try TensorSource(copying: $0.name, of: archive.weights) }
      try archive.unpack(to: folder)
      try change(&sources)
      try SafetensorsWriter.write(sources, to: folder + "/weights.safetensors")
      let config = edit(String(decoding: archive.config, as: UTF8.self))
      try Data(config.utf8).write(to: URL(filePath: folder + "/config.yaml"))
      try? FileManager.default.removeItem(atPath: scratch.file("bad.tar"))
      try FolderPacking(folder: folder, zoo: zooVersion).write(to: scratch.file("bad.tar"))
      return scratch.failure { _ = try Model.open(scratch.file("bad.tar"), plugins: plugins) }
    }
    func replacing(_ tensor: String, _ values: [Float], _ shape: [Int]) -> (inout [TensorSource]) -> Void {
      { $0 = $0.map { $0.name == tensor ? TensorSource(name: tensor, floats: values, shape: shape) : $0 } }
    }
    #expect(try opened() == "no error")
    for bad: Float in [0, -1, .nan, .infinity] {
      var scales = [Float](repeating: 1, count: 256)
      scales[200] = bad
      #expect(
        try opened(changing: replacing("\(name).scale", scales, [256]))
          == "bad.tar: '\(name).scale' holds \(bad); every scale must be a number above 0")
      #expect(
        try opened(changing: replacing("\(name).input", [bad, 3], [2]))
          == "bad.tar: '\(name).input' has the scale \(bad); it must be a number above 0")
    }
    for bad: Float in [-1, 0.5, 256, .nan] {
      #expect(
        try opened(changing: replacing("\(name).input", [1, bad], [2]))
          == "bad.tar: '\(name).input' has the zero point \(bad); it must be a whole number from 0 to 255")
    }
    let unfit = "bad.tar: the arrays do not fit the architecture\n"
    #expect(
      try opened(changing: replacing("\(name).scale", [1, 1], [2])) == unfit
        + "  of another shape: \(name).scale [2], wanted [256]")
    #expect(
      try opened(changing: replacing("\(name).input", [1, 1, 1], [3])) == unfit
        + "  of another shape: \(name).input, wanted F32 [2]")
    #expect(try opened(changing: { $0.removeAll { $0.name == "\(name).scale" } }) == unfit + "  missing: \(name).scale")
    #expect(try opened(changing: { $0.removeAll { $0.name == "\(name).input" } }) == unfit + "  missing: \(name).input")
    #expect(try opened(changing: { $0.removeAll { $0.name == name } }) == unfit + "  missing: \(name)")
    #expect(
      try opened(changing: replacing(name, [Float](repeating: 1, count: 256 * 64), [256, 64]))
        == "bad.tar: '\(name)' is F32, but the config says that it is int8")
    let small = TensorSource(name: name, dtype: .i8, shape: [256, 32], bytes: [UInt8](repeating: 1, count: 256 * 32))
    #expect(
      try opened(changing: { $0 = $0.map { $0.name == name ? small : $0 } }) == unfit
        + "  of another shape: \(name) [256, 32], wanted [256, 64]")
    // A weight of floats that the config does not list, and one that is none of a product.
    #expect(
      try opened(config: { $0.replacing(", \(name)", with: "").replacing("    - \(name)\n", with: "") })
        == "bad.tar: '\(name)' is int8, but the config does not say that it is quantised")
    #expect(
      try opened(config: { $0.replacing(name, with: "pos_embed") },
        changing: { $0.append(TensorSource(name: "pos_embed.input", floats: [1, 0], shape: [2])) }) == "bad.tar: 'pos_embed' is no weight of exactly one product, so it cannot be quantised")
    let scheme = try opened(config: { $0.replacing("scheme: int8", with: "scheme: int4") })
    #expect(scheme.contains("'quantization.scheme' must be 'int8', the only scheme this zoo knows"))
    #expect(try opened(config: { $0 + "quantisation: {}\n" }).contains("unknown key 'quantisation'"))
  }
}
