import Testing
import ZooEngine
import ZooRecipe
import ZooTrain

@Suite("Mixup in training")
struct MixupTests {
  private func run(_ scratch: Scratch, _ name: String, _ settings: [String]) throws -> [UInt8] {
    let prepared = try scratch.prepare(
      """
      model: {architecture: vit, options: {width: 16, depth: 1, heads: 2, mlp: 32, patch: 8, image: 16}}
      heads: {label: {}}
      tasks:
        label:
          train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}
      train:
        steps: 3
        batch: 6
        optimizer: {rate: 0.5, momentum: 0}

      """, settings)
    try trainInMemory(prepared, engine: try Engine(.auto, threads: 1))
    return try prepared.model.store.entries.flatMap { entry in
      try prepared.model.store.values(entry.spec.name).flatMap { withUnsafeBytes(of: $0, Array.init) }
    }
  }

  private func distance(_ a: [UInt8], _ b: [UInt8]) -> Float {
    func floats(_ bytes: [UInt8]) -> [Float] {
      bytes.withUnsafeBytes { raw in
        (0..<bytes.count / 4).map { raw.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
      }
    }
    return zip(floats(a), floats(b)).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test func changesTheRunAndMicroBatchesDoNot() throws {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 0, 1, 2], size: 16)
    let plain = try run(scratch, "plain", [])
    let mixed = try run(scratch, "mixed", ["train.mixup.alpha=1"])
    let again = try run(scratch, "again", ["train.mixup.alpha=1"])
    let pieces = try run(scratch, "pieces", ["train.mixup.alpha=1", "train.micro-batch=2"])
    let within = try run(
      scratch, "within", ["train.mixup={alpha: 1, within: micro-batch}", "train.micro-batch=2"])
    #expect(mixed == again)
    #expect(distance(plain, mixed) > 1e-3)
    #expect(distance(mixed, pieces) < 1e-5)
    #expect(distance(pieces, within) > 1e-3)
    #expect(try run(scratch, "none", ["train.mixup.alpha=0"]) == plain)
  }

  @Test func cutMixIsAWayOfItsOwn() throws {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 0, 1, 2], size: 16)
    let plain = try run(scratch, "plain", [])
    let cut = try run(scratch, "cut", ["train.cutmix={}"])
    let mixed = try run(scratch, "mixed", ["train.mixup.alpha=1"])
    let both = try run(scratch, "both", ["train.mixup.alpha=1", "train.cutmix.alpha=1"])
    let pieces = try run(scratch, "pieces", ["train.cutmix.alpha=1", "train.micro-batch=2"])
    #expect(distance(plain, cut) > 1e-3)
    #expect(distance(cut, mixed) > 1e-3)
    #expect(distance(both, mixed) > 1e-3 && distance(both, cut) > 1e-3)
    #expect(distance(cut, pieces) < 1e-5)
    #expect(try run(scratch, "none", ["train.cutmix.alpha=0"]) == plain)
  }
}
