import Testing
import ZooArchive

/// What other machines compute with, by capping the instruction sets of this one.
@Suite("Instruction sets")
struct InstructionSetTests {
  static let caps = ["base", "avx2", "avx512"]
  static let engines = ["onednn", "openblas"]

  /// A transformer and a network of convolutions, whose recorded outputs every instruction set has to give.
  private func models(_ shop: Workshop) throws {
    try shop.done(
      "create", "--architecture", "vit", "--set", "width=32", "--set", "depth=2", "--set", "heads=2", "--set", "mlp=48",
      "--set", "patch=8", "--set", "image=32", "-o", "vit.tar")
    try shop.done(
      "create", "--architecture", "bit", "--set", "units=[1,1]", "--set", "widths=[128,256]", "--set", "stem=32",
      "--set", "groups=8", "--set", "image=64", "-o", "bit.tar")
  }

  @Test(arguments: caps, engines)
  func forwardGivesTheRecordedOutputs(cap: String, engine: String) throws {
    let shop = try Workshop()
    try models(shop)
    for model in ["vit.tar", "bit.tar"] {
      let outcome = try shop.zoo(["verify", model, "--numeric", "--engine", engine], ["ZOO_MAX_ISA=\(cap)"])
      #expect(outcome.code == 0, "\(model): \(outcome.errors)")
    }
    let about = try shop.zoo(["doctor"], ["ZOO_MAX_ISA=\(cap)"])
    let kernels = about.output.split(separator: "\n").first { $0.hasPrefix("kernels") }
    // A machine that has less stays where it is.
    #expect(Self.caps.prefix { $0 != cap }.contains { kernels?.hasSuffix(" " + $0) == true }
        || kernels?.hasSuffix(" " + cap) == true)
  }

  @Test(arguments: caps, engines)
  func trainsAndRefusesBFloat16(cap: String, engine: String) throws {
    let shop = try Workshop()
    try shop.furnish()
    let train = ["finetune", "recipe.yaml", "--engine", engine, "--output", "run"]
    let outcome = try shop.zoo(train + ["--precision", "auto"], ["ZOO_MAX_ISA=\(cap)"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let refused = try shop.zoo(train + ["--overwrite", "--precision", "bf16"], ["ZOO_MAX_ISA=\(cap)"])
    #expect(refused.code == 1)
    #expect(refused.errors.contains(engine == "onednn" ? "this processor has no bfloat16 products" : "bf16 needs oneDNN"))
  }
}
