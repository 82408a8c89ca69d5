import Testing

@Suite("Mistakes on the command line")
struct ArgumentMistakeTests {
  @Test func settings() throws {
    let shop = try Workshop()
    try shop.furnish()
    #expect(
      try shop.refused(2, "finetune", "recipe.yaml", "--set", "train.stepz=3").hasPrefix(
        """
        error: --set train.stepz=3: unknown key 'stepz'
         --set | train.stepz=3
               |       ^ did you mean 'steps'? known here: rule, steps, epochs, batch, micro-batch, seed
        """))
    #expect(
      try shop.refused(2, "finetune", "recipe.yaml", "--set", "train.steps=many") == """
        error: --set train.steps=many: 'train.steps' must be a whole number from 1 to 1000000000, not the text 'many'
         --set | train.steps=many
               |             ^

        """)
    #expect(
      try shop.refused(2, "finetune", "recipe.yaml", "--set", "train.steps") == """
        error: --set train.steps: there is no '='
         --set | train.steps
               | ^ write --set key.key=value, for example --set train.steps=100

        """)
    #expect(
      try shop.refused(1, "finetune", "recipe.yaml", "--set", "tasks.colour.train.path=trian")
        == """
        error: --set tasks.colour.train.path=trian: there is no file or folder 'trian'
         --set | tasks.colour.train.path=trian
               |                         ^

        """)
  }

  @Test func architecturesAndTheirOptions() throws {
    let shop = try Workshop()
    let message = try shop.refused(2, "create", "--architecture", "vit-b61", "-o", "m.tar")
    #expect(
      message.hasPrefix(
        "error: --architecture: no architecture 'vit-b61'; did you mean 'vit-b16'? known: bit, "))
    #expect(
      try shop.refused(2, "create", "--architecture", "vit", "--set", "widht=4", "-o", "m.tar") == """
        error: --set: unknown key 'widht'; did you mean 'width'? known: width, depth, heads, mlp, patch, image, gelu, \
        layer-norm-epsilon, pool, pre-logits, dropout, drop-path

        """)
    #expect(
      try shop.refused(
        2, "create", "--architecture", "vit", "--set", "width=4", "--set", "heads=3", "-o", "m.tar")
        == "error: --set width: must be a multiple of 3 heads, not 4\n")
    #expect(
      try shop.refused(2, "create", "--architecture", "vit", "--set", "width", "-o", "m.tar") == """
        error: --set width: there is no '='
         --set | width
               | ^ write --set key.key=value, for example --set train.steps=100

        """)
  }

  @Test func commandsAndOptions() throws {
    let shop = try Workshop()
    try shop.furnish()
    #expect(
      try shop.refused(2, "finetun", "recipe.yaml") == """
        error: there is no command 'finetun'; did you mean 'finetune'?
        Usage: zoo <subcommand>
          See 'zoo --help' for more information.

        """)
    for (arguments, message) in [
      (["finetune"], "error: Missing expected argument '<recipe.yaml>'\nHelp:  <recipe.yaml>  The recipe."),
      (
        ["finetune", "recipe.yaml", "--engine", "cuda"],
        "error: The value 'cuda' is invalid for '--engine <engine>'. Please provide one of 'auto', 'onednn' or "
          + "'openblas'.\nHelp:  --engine <engine>  The matrix library."
      ),
      (["finetune", "recipe.yaml", "--threads", "0"], "error: --threads must be at least 1"),
      (["finetune", "recipe.yaml", "--bogus"], "error: Unknown option '--bogus'"),
    ] {
      let got = try shop.refused(2, arguments)
      #expect(got.hasPrefix(message + "\nUsage: zoo finetune <recipe.yaml> [--set <a.b=c> ...] "))
      #expect(got.hasSuffix("\n  See 'zoo finetune --help' for more information.\n"))
    }
    #expect(
      try shop.refused(2, "predict", "tiny.tar").hasPrefix("error: Missing expected argument '<image> ...'\n")
    )
    #expect(
      try shop.refused(2, "predict", "tiny.tar", "test/red/0.png", "--top", "0")
        .hasPrefix("error: --top must be at least 1\nUsage: zoo predict <model> <image> ... "))
  }

  /// What is written and not there is a wrong name wherever it stands; a file that is not there is a failure.
  @Test func namesThatAreNotThere() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("x.npy", "")
    for command in [
      ["show", "tny"], ["show", "tiny@7"], ["show", "No Name"], ["verify", "tny"], ["remove", "tny"],
      ["lineage", "tny"],
      ["diff", "tiny.tar", "tny"], ["bench", "tny"], ["predict", "tny", "test/red/0.png"],
      ["forward", "tny", "--tensor", "x.npy", "--out", "out"], ["evaluate", "tny", "--data", "test"],
      ["card", "show", "bit-r50x99"], ["plugin", "show", "liner"], ["plugin", "remove", "liner", "--shared"],
      ["export", "tiny.tar", "--to", "timm", "--head", "color", "-o", "out"],
    ] {
      #expect(try shop.refused(2, command).contains("error: "), "\(command)")
    }
    for command in [
      ["show", "none.tar"], ["bench", "none.tar"], ["card", "show", "./none.yaml"], ["plugin", "show", "./none.so"],
    ] {
      #expect(try shop.refused(1, command).contains("error: "), "\(command)")
    }
  }

  @Test func dataAndHeads() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.done("finetune", "recipe.yaml", "-o", "run")
    #expect(
      try shop.refused(1, "evaluate", "run/model.tar", "--data", "tset")
        == "error: --data tset: there is no file or folder 'tset'\n")
    #expect(
      try shop.refused(2, "evaluate", "run/model.tar", "--data", "test", "--head", "color")
        == "error: run/model.tar: has no head 'color'; it has colour\n")
  }
}
