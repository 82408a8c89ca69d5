import Testing
import ZooRecipe

@Suite("extends and --set join to one recipe that remembers where values came from")
struct ExtendsTests {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write("base/common.yaml", minimal + "  batch: 8\n  optimizer: {rate: 0.1, momentum: 0.5}\n")
    try scratch.write(
      "recipe.yaml",
      "extends: base/common.yaml\nname: mine\ntrain:\n  steps: 7\n  optimizer:\n    rate: 1e-2\n")
  }

  @Test func mappingsMergeKeyByKey() throws {
    let recipe = try scratch.load()
    #expect(recipe.train.length == .steps(7))
    #expect(recipe.train.batch == 8)
    #expect(recipe.train.optimizer == OptimizerSettings(rate: 0.01, momentum: 0.5))
    #expect(recipe.name == "mine")
  }

  @Test func everyValueKeepsItsPlace() throws {
    let recipe = try scratch.load("recipe.yaml", ["train.batch=9", "train.optimizer.weight-decay=0.1"])
    func place(_ path: String) -> String? {
      recipe.location(of: path)?.description.replacing("\(scratch.path)/", with: "")
    }
    #expect(place("train.steps") == "recipe.yaml:4:10")
    #expect(place("train.optimizer.momentum") == "base/common.yaml:8:36")
    #expect(place("train.batch") == "--set train.batch=9")
    #expect(place("train.shuffle") == nil)
    #expect(
      recipe.resolvedText(origins: true).replacing("\(scratch.path)/", with: "") == """
        model: vit-b16         # base/common.yaml:1
        tasks:                 # base/common.yaml:2
          label:               # base/common.yaml:3
            train:             # base/common.yaml:4
              format: folder   # base/common.yaml:4
              path: images     # base/common.yaml:4
        train:                 # recipe.yaml:3
          steps: 7             # recipe.yaml:4
          batch: 9             # --set train.batch=9
          optimizer:           # recipe.yaml:5
            rate: 1e-2         # recipe.yaml:6
            momentum: 0.5      # base/common.yaml:8
            weight-decay: 0.1  # --set train.optimizer.weight-decay=0.1
        name: mine             # recipe.yaml:2

        """)
  }

  @Test func theResolvedTextIsTheSameRecipe() throws {
    try scratch.write("full.yaml", full)
    let recipe = try scratch.load("full.yaml")
    try scratch.write("again.yaml", recipe.resolvedText(origins: true))
    #expect(try scratch.load("again.yaml").resolved == recipe.resolved)
    #expect(try scratch.load("again.yaml").train == recipe.train)
  }

  @Test func nullTakesAnInheritedValueAway() throws {
    let recipe = try scratch.load("recipe.yaml", ["train.steps=null", "train.epochs=2"])
    #expect(recipe.train.length == .epochs(2))
  }

  @Test func pathsAreSeenFromTheirOwnFile() throws {
    try scratch.write("base/images/a/x.png", "")
    let recipe = try scratch.load()
    guard case .folder(let path) = recipe.tasks[0].train.contents else {
      Issue.record("not a folder")
      return
    }
    #expect(path.text == "images")
    #expect(recipe.resolvePath(path) == "\(scratch.path)/base/images")
    let moved = try scratch.load("recipe.yaml", ["tasks.label.train.path=pictures"])
    guard case .folder(let other) = moved.tasks[0].train.contents else { return }
    #expect(moved.resolvePath(other) == "\(scratch.path)/pictures")
    #expect(RecipePath("/tmp", folder: "x").resolved() == "/tmp")
  }

  @Test func mistakesPointIntoTheFileTheyAreIn() throws {
    try scratch.write("base/common.yaml", minimal + "  bach: 8\n")
    #expect(
      scratch.failure().hasPrefix(
        """
        base/common.yaml:7:3: unknown key 'bach'
            7 |   bach: 8
              |   ^ did you mean 'batch'? known here: rule, steps, epochs, batch, micro-batch, seed
        """))
  }

  @Test func missingBase() throws {
    try scratch.write("recipe.yaml", "extends: none.yaml\n")
    #expect(
      scratch.failure() == """
        recipe.yaml:1:10: cannot read 'none.yaml': no such file
            1 | extends: none.yaml
              |          ^
        """)
  }

  @Test func circlesAreRefused() throws {
    try scratch.write("base/common.yaml", "extends: ../recipe.yaml\n")
    let says = scratch.failure()
    #expect(
      says.hasPrefix(
        "base/common.yaml:1:10: 'extends' goes in a circle: "
          + "recipe.yaml -> base/common.yaml -> base/../recipe.yaml\n"))
    try scratch.write("self.yaml", "extends: self.yaml\n")
    #expect(scratch.failure("self.yaml").hasPrefix("self.yaml:1:10: 'extends' goes in a circle: "))
  }

  @Test func atMostTwoDeep() throws {
    try scratch.write("c.yaml", minimal)
    try scratch.write("b.yaml", "extends: c.yaml\n")
    try scratch.write("a.yaml", "extends: b.yaml\n")
    #expect(try scratch.load("a.yaml").train.length == .steps(500))
    try scratch.write("deep.yaml", "extends: a.yaml\n")
    #expect(scratch.failure("deep.yaml").hasPrefix("b.yaml:1:10: 'extends' goes more than 2 files deep\n"))
  }
}
