import Testing
import ZooPictures

/// One clear line with its place, and what would be right; exit code 2, or 1 for a file that is missing; nothing written.
@Suite("Mistakes in a recipe")
struct RecipeMistakeTests {
  /// The message about the usual recipe with one text replaced.
  private func refused(_ text: String, by other: String, _ code: Int32 = 2) throws -> String {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("recipe.yaml", Workshop.recipe.replacing(text, with: other))
    return try shop.refused(code, "finetune", "recipe.yaml", "--output", "runs/one")
  }

  @Test func wrongKey() throws {
    #expect(
      try refused("momentum", by: "momentun") == """
        error: recipe.yaml:12:26: unknown key 'momentun'
           12 |   optimizer: {rate: 0.1, momentun: 0.9}
              |                          ^ did you mean 'momentum'? known here: kind, rate, momentum, nesterov, beta1, beta2, \
        epsilon, weight-decay, decoupled

        """)
  }

  @Test func wrongType() throws {
    #expect(
      try refused("steps: 12", by: "steps: twelve") == """
        error: recipe.yaml:10:10: 'train.steps' must be a whole number from 1 to 1000000000, not the text 'twelve'
           10 |   steps: twelve
              |          ^

        """)
  }

  @Test func missingDataFolder() throws {
    #expect(
      try refused("path: train", by: "path: trian", 1) == """
        error: recipe.yaml:7:35: there is no file or folder 'trian'
            7 |     train: {format: folder, path: trian}
              |                                   ^

        """)
  }

  @Test func missingModelFile() throws {
    #expect(
      try refused("tiny.tar", by: "models/tiny.tar", 1) == """
        error: recipe.yaml:1:8: there is no file or folder 'models/tiny.tar'
            1 | model: models/tiny.tar
              |        ^

        """)
  }

  @Test func unknownPlugin() throws {
    #expect(
      try refused("plugin: linear", by: "plugin: linaer") == """
        error: recipe.yaml:4:20: no plugin provides the head 'linaer'; did you mean 'linear'? \
        known: attention-pool, cosine, linear, mlp, multi-label, norm-softmax, ordinal, regression
            4 |   colour: {plugin: linaer, weights: new}
              |                    ^

        """)
  }

  @Test func unknownArchitecture() throws {
    let message = try refused("tiny.tar", by: "{architecture: vit-b61}")
    #expect(
      message.hasPrefix(
        "error: recipe.yaml:1:23: no architecture 'vit-b61'; did you mean 'vit-b16'? known: bit, bit-r50x1, ")
    )
    #expect(message.hasSuffix("\n    1 | model: {architecture: vit-b61}\n      |                       ^\n"))
  }

  @Test func unknownOptionOfTheBackbone() throws {
    #expect(
      try refused("tiny.tar", by: "{architecture: vit, options: {widht: 4}}") == """
        error: recipe.yaml:1:38: options: unknown key 'widht'; did you mean 'width'? known: width, depth, heads, mlp, \
        patch, image, gelu, layer-norm-epsilon, pool, pre-logits, dropout, drop-path
            1 | model: {architecture: vit, options: {widht: 4}}
              |                                      ^

        """)
  }

  @Test func unknownOptionOfTheHead() throws {
    #expect(
      try refused("weights: new", by: "weights: new, options: {smoothness: 1}") == """
        error: recipe.yaml:4:52: options: unknown key 'smoothness'; known: smoothing, initial, bias, sampled
            4 |   colour: {plugin: linear, weights: new, options: {smoothness: 1}}
              |                                                    ^

        """)
    #expect(
      try refused("weights: new", by: "weights: new, options: {sampled: {clases: 9}}") == """
        error: recipe.yaml:4:62: options.sampled: unknown key 'clases'; did you mean 'classes'? known: classes, zipf, \
        correction
            4 |   colour: {plugin: linear, weights: new, options: {sampled: {clases: 9}}}
              |                                                              ^

        """)
  }

  @Test func wrongOptionOfTheHead() throws {
    #expect(
      try refused("weights: new", by: "weights: new, options: {smoothing: much}") == """
        error: recipe.yaml:4:63: options.smoothing: expected a number, got a string
            4 |   colour: {plugin: linear, weights: new, options: {smoothing: much}}
              |                                                               ^

        """)
  }

  @Test func aHeadThatTheModelDoesNotHave() throws {
    #expect(
      try refused(", weights: new", by: ", weights: keep") == """
        error: recipe.yaml:4:37: the model has no head 'colour'; it has none
            4 |   colour: {plugin: linear, weights: keep}
              |                                     ^ register it under 'heads' with 'weights: new' to start it afresh

        """)
  }

  @Test func evaluationDataOfOtherClasses() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("test/green/0.png", PNG.plain(width: 9, height: 9, red: 0, green: 200, blue: 0))
    #expect(
      try shop.refused(2, "finetune", "recipe.yaml") == """
        error: recipe.yaml:8:15: test: class 'green' is not among the 2 known classes (blue, red)
            8 |     evaluate: {format: folder, path: test}
              |               ^ a head with 'weights: new' takes its classes from the data

        """)
  }

  /// A file that is not there is a failure, whichever it is.
  @Test func missingFiles() throws {
    let shop = try Workshop()
    let message = "error: recipe.yaml: cannot read it: no such file\n"
    for command in ["finetune", "plan", "annotate", "study", "few-shot"] {
      let output = ["annotate", "study"].contains(command) ? ["-o", "out.tar"] : []
      #expect(try shop.refused(1, [command, "recipe.yaml"] + output) == message, "\(command)")
    }
    try shop.furnish()
    try shop.write("recipe.yaml", "extends: base.yaml\n" + Workshop.recipe)
    #expect(try shop.refused(1, "finetune", "recipe.yaml").contains("recipe.yaml:1:10: cannot read 'base.yaml': no such file"))
    try shop.write("recipe.yaml", Workshop.recipe)
    #expect(
      try shop.refused(1, "finetune", "recipe.yaml", "--set", "tasks.colour.train.path=none").contains(
        "there is no file or folder 'none'"))
    let split = "tasks.colour.train={format: folder, path: train, split: {file: none.txt, part: train}}"
    #expect(try shop.refused(1, "finetune", "recipe.yaml", "--set", split).contains("none.txt"))
  }

  @Test func unknownModelName() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.done("fetch-local", "tiny.tar")
    try shop.write("recipe.yaml", Workshop.recipe.replacing("tiny.tar", with: "tny"))
    #expect(
      try shop.refused(2, "finetune", "recipe.yaml") == """
        error: recipe.yaml:1:8: no model 'tny' in the store (.home)
            1 | model: tny
              |        ^ did you mean 'tiny'?

        """)
    #expect(
      try shop.refused(2, "show", "tny") == """
        error: .home: no model "tny" in the store (a path to an archive would contain '/' or end in .tar); \
        did you mean "tiny"?

        """)
    try shop.write("recipe.yaml", Workshop.recipe.replacing("tiny.tar", with: "other"))
    #expect(
      try shop.refused(2, "finetune", "recipe.yaml") == """
        error: recipe.yaml:1:8: no model 'other' in the store (.home)
            1 | model: other
              |        ^ install it with: zoo fetch-local FILE.tar; a path contains '/' or ends in .tar

        """)
  }

  /// Before the run, not at its first evaluation.
  @Test func aMetricThatNobodyMeasures() throws {
    let shop = try Workshop()
    try shop.furnish()
    let settings = ["--set", "train.evaluate-every=4", "--set", "train.keep-best={metric: top-2}"]
    for command in [
      ["finetune", "recipe.yaml"], ["plan", "recipe.yaml"], ["recipe", "check", "recipe.yaml", "--data"],
    ] {
      #expect(
        try shop.refused(2, command + settings) == """
          error: --set train.keep-best={metric: top-2}: no task is measured by 'top-2'
           --set | train.keep-best={metric: top-2}
                 |                          ^ did you mean 'top-1'? there are top-1, top-5, mean-per-class, f1-macro, \
          auc, calibration-error, loss, images

          """)
    }
  }
}
