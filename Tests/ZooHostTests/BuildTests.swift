import Testing
import ZooGraph
import ZooHost

/// A plugin that makes mistakes while it builds gets a sentence for each and harms nothing.
@Suite(.enabled(if: PluginFolder.compiler != nil)) struct BuildTests {
  private static let pooled = #"TRY(h->input(c, g, S("pooled"), n)); "#
  private static let target = #"TRY(h->target(c, g, S("class"), n + 1, 3)); "#
  private static let logits =
    pooled + #"int64_t d[2] = {10, 64}; TRY(h->param(c, g, S("w"), d, 2, NULL, 0, n + 4)); "#
    + #"zoo_node p[2] = {n[0], n[4]}; TRY(h->op(c, g, S("linear"), p, 2, NULL, 0, n + 5, 1)); "#
    + #"TRY(h->output(c, g, S("logits"), n[5])); "#

  @Test(arguments: [
    ("return ZOO_E_INTERNAL;", "failed with status -5 and no message"),
    ("return ZOO_OK;", "the declared output 'logits' was not published"),
    ("return h->input(c, g, S(\"tokens\"), n);", "input: 'tokens' is not among the declared inputs (pooled)"),
    ("return h->input(c, g, S(\"pooled\"), NULL);", "input: no place for the result was given"),
    (
      "n[0] = 999; return h->op(c, g, S(\"relu\"), n, 1, NULL, 0, n + 1, 1);",
      "relu: input 0 is no node of this graph (999)"
    ),
    (
      "return h->op(c, g, S(\"relu\"), n, 1, NULL, 0, n + 1, 1);",
      "relu: input 0 is no node of this graph (0)"
    ),
    ("return h->op(c, g, S(\"foo\"), NULL, 0, NULL, 0, n, 1);", "this zoo has no operation 'foo'"),
    ("return h->op(c, g, S(\"relu\"), NULL, 1, NULL, 0, n, 1);", "relu: a list has a length and no place"),
    ("return h->op(c, g, S(\"relu\"), n, ~(size_t)0, NULL, 0, n, 1);", "relu: a list of -1 is too long"),
    (
      pooled + "return h->op(c, g, S(\"relu\"), n, 1, NULL, 0, n + 1, 2);",
      "relu: 2 outputs were asked for, it has 1"
    ),
    (
      pooled + "zoo_node p[2] = {n[0], n[0]}; return h->op(c, g, S(\"linear\"), p, 2, NULL, 0, n, 1);",
      "linear@1: x [batch, 64] does not fit weights [batch, 64] ([out, in])"
    ),
    (
      pooled + "zoo_attr a = {.name = S(\"shape\"), .type = 9}; "
        + "return h->op(c, g, S(\"reshape\"), n, 1, &a, 1, n, 1);",
      "reshape: attribute 'shape' has the unknown type 9"
    ),
    (
      "int64_t d[1] = {-4}; return h->param(c, g, S(\"w\"), d, 1, NULL, 0, n);",
      "parameter 'w': dimension 0 is -4; it must be positive, and there is no batch"
    ),
    (
      "return h->param(c, g, S(\"w\"), NULL, 99, NULL, 0, n);",
      "parameter 'w': a rank of 99 is more than this zoo knows"
    ),
    (
      "return h->param(c, g, S(\"a/b\"), NULL, 0, NULL, 0, n);",
      "param: the name 'a/b' must be of letters, digits, '_', '.' and '-'"
    ),
    (
      "int64_t d[1] = {4}; zoo_attr a = {.name = S(\"init\"), .type = ZOO_ATTR_STR, .s = S(\"random\")}; "
        + "return h->param(c, g, S(\"w\"), d, 1, &a, 1, n);",
      "parameter 'w': initialiser 'random' is none of zeros, ones, constant(x), normal(x), "
        + "truncated-normal(x), uniform(x), xavier-uniform, lecun-normal, he-normal"
    ),
    (
      "int64_t d[1] = {4}; zoo_attr a = {.name = S(\"dtype\"), .type = ZOO_ATTR_I64}; "
        + "return h->param(c, g, S(\"w\"), d, 1, &a, 1, n);",
      "parameter 'w': unknown attribute 'dtype'"
    ),
    ("int64_t v; return h->info(c, g, S(\"weather\"), &v);", "info: this build has no 'weather'"),
    ("size_t r; return h->shape(c, g, 3, NULL, 0, &r);", "shape: the node is no node of this graph (3)"),
    ("return h->target(c, g, S(\"boxes\"), n, 1);", "target: this task's target is 'class', not 'boxes'"),
    ("return h->target(c, g, S(\"class\"), n, 1);", "target: 'class' has 3 parts, 1 were asked for"),
    (pooled + "return h->activation(c, g, S(\"x\"), n[0]);", "activation: only backbones have it"),
    (
      pooled + "return h->output(c, g, S(\"boxes\"), n[0]);",
      "output: 'boxes' is not among the declared outputs (logits)"
    ),
    (logits + "return h->output(c, g, S(\"logits\"), n[5]);", "output: 'logits' exists already"),
    (logits + "return h->output(c, g, S(\"logits\"), n[4]);", "output: 'logits' exists already"),
    (
      pooled + target + "return h->output(c, g, S(\"logits\"), n[1]);",
      "output: 'logits' must be float32 with the batch first, not int32 [batch]"
    ),
    (logits + "return ZOO_OK;", "there is a target and no main loss was given"),
    (
      logits + "return h->loss(c, g, S(\"\"), n[5], 1);",
      "loss: the loss must be float32 [batch], one number an example, not [batch, 10]"
    ),
    (
      logits + target + "return h->loss(c, g, S(\"a\"), n[3], 0.0 / 0.0);",
      "loss: the weight of 'a' must be finite"
    ),
    (
      logits + target + "TRY(h->loss(c, g, S(\"\"), n[3], 1)); return h->loss(c, g, S(\"\"), n[3], 1);",
      "loss: there is a main one already"
    ),
    (pooled + "return h->update(c, g, n[0], n[0]);", "update: the node is no state"),
    ("return h->input(c, (zoo_graph *)c, S(\"pooled\"), n);", "input: no graph is being built in this call"),
  ])
  func mistakesAreNamed(_ build: String, _ message: String) throws {
    let folder = try PluginFolder()
    var head = CHead()
    head.build = build
    try folder.compile("libzoo-x.so", head.source)
    let instance = try Plugins(directories: [folder.path]).head("plain").instantiate(options: "{}")
    #expect {
      _ = try BuiltHead(instance)
    } throws: {
      "\($0)" == "head 'plain' (\(folder.file("libzoo-x.so"))): build: \(message)"
    }
  }

  /// State, update, auxiliary loss and facts, from C.
  @Test func everythingAHeadMayDo() throws {
    let folder = try PluginFolder()
    var head = CHead()
    head.build =
      Self.logits + Self.target + """
        int64_t classes, dims[4], d1[1]; size_t rank;
        TRY(h->info(c, g, S("classes"), &classes));
        TRY(h->shape(c, g, n[5], dims, 4, &rank));
        if (rank != 2 || dims[0] != ZOO_BATCH || dims[1] != classes) return ZOO_E_SHAPE;
        d1[0] = classes;
        zoo_attr merge = {.name = S("merge"), .type = ZOO_ATTR_STR, .s = S("sum")};
        TRY(h->state(c, g, S("seen"), d1, 1, &merge, 1, n + 6));
        zoo_attr factor = {.name = S("factor"), .type = ZOO_ATTR_F64, .f = 0.5};
        TRY(h->op(c, g, S("scale@1"), n + 6, 1, &factor, 1, n + 7, 1));
        TRY(h->update(c, g, n[6], n[7]));
        zoo_node q[4] = {n[5], n[1], n[2], n[3]};
        TRY(h->op(c, g, S("softmax-cross-entropy"), q, 4, NULL, 0, n + 7, 1));
        TRY(h->loss(c, g, S("mixing"), n[3], 0.25));
        return h->loss(c, g, S(""), n[7], 1);
        """
    try folder.compile("libzoo-x.so", head.source)
    let instance = try Plugins(directories: [folder.path]).head("plain").instantiate(options: "{}")
    let built = try BuiltHead(instance)
    #expect(built.build.losses.map(\.name) == ["", "mixing"])
    #expect(built.build.losses.map(\.weight) == [1, 0.25])
    #expect(built.build.updates.map(\.name) == ["heads.main.seen"])
    #expect(built.graph.states.map(\.spec.merge) == [.sum])
    #expect(built.graph.parameters.map(\.spec.name) == ["heads.main.w"])
  }

  /// A head for vectors knows their width when it predicts, and learns from one target.
  @Test func vectorTargets() throws {
    let folder = try PluginFolder()
    var head = CHead()
    head.declare =
      #"{\"inputs\":[\"pooled\"],\"target\":\"vector\",\"metrics\":[],\"couples_examples\":false,"#
    head.declare += #"\"outputs\":[{\"name\":\"values\",\"reading\":\"values\"}]}"#
    head.build =
      Self.pooled + """
        int64_t d[2] = {0, 64}, has_target;
        TRY(h->info(c, g, S("target_width"), d));
        TRY(h->info(c, g, S("has_target"), &has_target));
        TRY(h->param(c, g, S("w"), d, 2, NULL, 0, n + 1));
        TRY(h->op(c, g, S("linear"), n, 2, NULL, 0, n + 2, 1));
        TRY(h->output(c, g, S("values"), n[2]));
        if (!has_target) return ZOO_OK;
        TRY(h->target(c, g, S("vector"), n + 3, 1));
        TRY(h->op(c, g, S("subtract"), n + 2, 2, NULL, 0, n + 4, 1));
        TRY(h->op(c, g, S("square"), n + 4, 1, NULL, 0, n + 5, 1));
        zoo_attr axes = {.name = S("axes"), .type = ZOO_ATTR_I64, .i = 1};
        TRY(h->op(c, g, S("mean"), n + 5, 1, &axes, 1, n + 6, 1));
        return h->loss(c, g, S(""), n[6], 1);
        """
    try folder.compile("libzoo-x.so", head.source)
    let instance = try Plugins(directories: [folder.path]).head("plain").instantiate(options: "{}")
    for predicts in [true, false] {
      var graph = Graph()
      let pooled = try graph.input("pooled", TensorType(.float32, [TensorType.batch, 64]))
      let truth = try graph.input("truth", TensorType(.float32, [TensorType.batch, 3]))
      let build = try instance.buildHead(
        named: "v", into: &graph, activations: [("pooled", pooled)], classes: 0,
        target: predicts ? nil : .vector(truth), phase: predicts ? .predict : .evaluate, targetWidth: 3)
      #expect(build.outputs.map { graph.type(of: $0.value).shape } == [[-1, 3]])
      #expect(build.losses.count == (predicts ? 0 : 1))
    }
  }

  /// Several threads describe, make and build at once, each its own instance.
  @Test func manyThreads() async throws {
    let components = try [builtPlugins().head("linear"), builtPlugins().head("linear")]
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<64 {
        group.addTask {
          let component = components[index % 2]
          let options = try component.description().options.count
          return try BuiltHead(component.instantiate(options: "{}")).graph.nodes.count + options
        }
      }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(counts.count == 1)
  }

  /// The same instance builds several graphs, one after the other.
  @Test func buildsAgain() throws {
    let instance = try builtPlugins().head("linear").instantiate(options: "{}")
    let counts = try (0..<3).map { _ in try BuiltHead(instance).graph.nodes.count }
    #expect(Set(counts).count == 1)
  }
}
