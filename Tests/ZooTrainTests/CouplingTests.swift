import FoundationEssentials
import Glibc
import Testing
import ZooEngine
import ZooHost
import ZooRecipe
import ZooTrain

/// A loss that couples the examples of a batch is another loss when it sees a part of them.
@Suite("Losses that couple examples")
struct CouplingTests {
  private static let compiler: String? = ["/usr/bin/cc", "/usr/local/bin/cc"].first { access($0, X_OK) == 0 }

  private let recipe = """
    model: \(tinyVit)
    heads: {label: {plugin: unit, weights: new}}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
    train:
      steps: 2
      batch: 4
      micro-batch: 2

    """

  /// The C head of another team, declaring that its loss couples examples.
  private func plugins(_ scratch: Scratch) throws -> Plugins {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let source = try Data(contentsOf: URL(filePath: root + "/Tests/ThirdParty/HeadUnit/head_unit.c"))
    let text = String(decoding: source, as: UTF8.self)
      .replacing(#"couples_examples\":false"#, with: #"couples_examples\":true"#)
    try scratch.write("head.c", text)
    let words = [
      "cc", "-std=c11", "-shared", "-fPIC", "-I", root + "/Sources/ZooABI/include", "-o",
      scratch.file("libzoo-head-unit.so"), scratch.file("head.c")
    ]
    var arguments = words.map { strdup($0) } + [nil]
    defer { for text in arguments { free(text) } }
    var process: pid_t = 0
    try #require(posix_spawn(&process, try #require(Self.compiler), nil, nil, &arguments, environ) == 0)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    try #require(status == 0)
    return Plugins(
      directories: PluginSearch.directories(
        explicit: [scratch.path], environment: [:], executable: PluginSearch.executable()))
  }

  @Test(.enabled(if: compiler != nil)) func neverInMicroBatches() throws {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1], size: 16)
    try scratch.write("recipe.yaml", recipe)
    let plugins = try plugins(scratch)
    func run(_ overrides: [String]) throws {
      let prepared = try PreparedRecipe(
        Recipe.load(path: scratch.file("recipe.yaml"), overrides: overrides), plugins: plugins,
        store: scratch.store)
      try finetune(
        prepared, engine: Engine(threads: 1), output: scratch.file("run"), evaluator: NoEvaluator(),
        report: { _ in })
    }
    #expect(
      scratch.failure { try run([]) } == """
        recipe.yaml:8:16: the loss of head 'label' couples the examples of a batch, so it cannot run in micro-batches
            8 |   micro-batch: 2
              |                ^
        """)
    #expect(!scratch.names.contains("run"))
    try run(["train.micro-batch=4"])
    #expect(scratch.names.contains("run"))
  }
}
