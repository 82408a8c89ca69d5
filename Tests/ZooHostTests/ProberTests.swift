import FoundationEssentials
import Glibc
import Testing
import ZooHost

/// Plugins looked into by child processes: what they do there harms nobody here.
@Suite(.enabled(if: PluginFolder.compiler != nil)) struct ProberTests {
  /// `zoo`, built beside the tests.
  static func zoo() throws -> String {
    let program = try #require(PluginSearch.executable())
    return URL(filePath: program).deletingLastPathComponent().appending(path: "zoo").path
  }

  private func prober(_ folder: PluginFolder, seconds: Int = 20) throws -> PluginProber {
    PluginProber(
      executable: try Self.zoo(), environment: [:], cache: folder.file("cache/zoo/plugins.json"), seconds: seconds)
  }

  private func failure(_ change: (inout CHead) -> Void, seconds: Int = 20) throws -> String? {
    let folder = try PluginFolder()
    var head = CHead()
    change(&head)
    try folder.compile("libzoo-x.so", head.source)
    return Plugins(directories: [folder.path], prober: try prober(folder, seconds: seconds)).facts().first?.problem?
      .detail
  }

  @Test func crashesAndHangsWhileRegistering() throws {
    #expect(
      try failure {
        $0.register = "(void)c; (void)t; raise(SIGSEGV); return 0;"; $0.functions = "#include <signal.h>"
      }
        == "crashed while registering (Segmentation fault)")
    #expect(
      try failure { $0.register = "(void)c; (void)t; __builtin_trap();" }
        == "crashed while registering (Illegal instruction)")
    #expect(
      try failure(
        {
          $0.register = "(void)c; (void)t; sleep(100); return 0;"; $0.functions = "unsigned sleep(unsigned);"
        }, seconds: 1)
        == "did not finish registering in 1 s")
    #expect(
      try failure {
        $0.register = "(void)c; (void)t; exit(3);"; $0.functions = "#include <stdlib.h>"
      }
        == "ended the process while registering (exit code 3)")
    #expect(
      try failure { $0.kind = "9" }
        == "registration failed: component 'plain' is of kind 9, which this zoo does not know")
  }

  @Test func factsAreKept() throws {
    let folder = try PluginFolder()
    try folder.compile("libzoo-head-plain.so", CHead().source)
    let first = Plugins(directories: [folder.path], prober: try prober(folder)).facts()
    #expect(first.compactMap(\.facts).flatMap(\.components).map(\.name) == ["plain"])
    #expect(first.first?.facts?.components.first?.declaration?.contains("\"pooled\"") == true)
    // No child can be started any more: what is known is enough, until the file changes.
    func later() -> [Plugins.Found] {
      let prober = PluginProber(
        executable: "/does/not/exist", environment: [:], cache: folder.file("cache/zoo/plugins.json"))
      return Plugins(directories: [folder.path], prober: prober).facts()
    }
    #expect(later().first?.facts?.components.map(\.name) == ["plain"])
    var other = CHead()
    other.name = "other"
    try folder.compile("libzoo-head-plain.so", other.source)
    #expect(later().first?.problem != nil)
    let again = Plugins(directories: [folder.path], prober: try prober(folder)).facts()
    #expect(again.first?.facts?.components.map(\.name) == ["other"])
  }

  /// A plugin that crashes is in the way of nobody who does not need it.
  @Test func badPluginsHarmNobodyElse() throws {
    let folder = try PluginFolder()
    var bad = CHead()
    bad.register = "(void)c; (void)t; __builtin_trap();"
    try folder.compile("libzoo-aaa.so", bad.source)
    try folder.compile("libzoo-zzz.so", CHead().source)
    let plugins = Plugins(directories: [folder.path], prober: try prober(folder))
    #expect(try plugins.head("plain").file == folder.file("libzoo-zzz.so"))
    #expect {
      _ = try plugins.head("plane")
    } throws: {
      "\($0)" == """
        no plugin provides the head 'plane'; known: plain; `zoo plugin install FILE` adds one
          not loaded: \(folder.file("libzoo-aaa.so")): crashed while registering (Illegal instruction)
        """
    }
  }

  @Test func twoOwnersAreBothNamed() throws {
    let folder = try PluginFolder()
    try folder.compile("libzoo-a.so", CHead().source)
    try folder.compile("libzoo-b.so", CHead().source)
    let plugins = Plugins(directories: [folder.path], prober: try prober(folder))
    #expect {
      _ = try plugins.head("plain")
    } throws: {
      "\($0)"
        == "the head 'plain' is provided by \(folder.file("libzoo-a.so")) and by \(folder.file("libzoo-b.so")); "
        + "remove or rename one"
    }
  }

  @Test func otherNamesAreMentioned() throws {
    let folder = try PluginFolder()
    try folder.compile("mine.so", CHead().source)
    try folder.compile("libother.so", "int other;")
    let plugins = Plugins(directories: [folder.path], prober: try prober(folder))
    #expect(plugins.passedOver == [folder.file("mine.so")])
    #expect {
      _ = try plugins.head("plain")
    } throws: {
      "\($0)" == """
        no plugin provides the head 'plain'; no head was found; `zoo plugin install FILE` adds one
          passed over: \(folder.file("mine.so")): a plugin, but not named libzoo-*.so
        """
    }
  }

  @Test func installing() throws {
    let (folder, home) = (try PluginFolder(), try PluginFolder())
    let prober = try prober(folder)
    let place = ZooHost.PluginFolder(path: home.file("data/zoo/plugins"))
    func others() -> Plugins { Plugins(directories: [place.path], prober: prober) }
    try folder.compile("libzoo-head-plain.so", CHead().source)
    let source = folder.file("libzoo-head-plain.so")
    let target = place.path + "/libzoo-head-plain.so"

    let zeros = String(repeating: "0", count: 64)
    #expect {
      _ = try place.install(source, expected: zeros, replace: false, others: others(), prober: prober)
    } throws: {
      "\($0)".hasSuffix(", not \(zeros); nothing was installed")
    }
    #expect(!FileManager.default.fileExists(atPath: place.path))
    let done = try place.install(source, replace: false, others: others(), prober: prober)
    #expect(!done.wasThere && done.facts.components.map(\.name) == ["plain"])
    #expect(try others().head("plain").file == target)
    #expect(try place.install(source, replace: false, others: others(), prober: prober).wasThere)

    // Another file with the same head, and another content of the same file.
    try folder.compile("libzoo-mine.so", CHead().source)
    #expect {
      _ = try place.install(folder.file("libzoo-mine.so"), replace: false, others: others(), prober: prober)
    } throws: {
      "\($0)"
        == "\(folder.file("libzoo-mine.so")): provides the head 'plain', which \(target) provides already; "
        + "nothing was installed"
    }
    var newer = CHead()
    newer.functions = "int newer = 1;"
    try folder.compile("libzoo-head-plain.so", newer.source)
    #expect {
      _ = try place.install(source, replace: false, others: others(), prober: prober)
    } throws: {
      "\($0)" == "\(target): is installed already, with other content; --replace puts this one in its place"
    }
    let replaced = try place.install(source, replace: true, others: others(), prober: prober)
    #expect(replaced.digest != done.digest)

    // A file that changes afterwards is named, with and without a child.
    let bytes = try Data(contentsOf: URL(filePath: target))
    try (bytes + [0]).write(to: URL(filePath: target))
    for plugins in [others(), Plugins(directories: [place.path])] {
      #expect {
        _ = try plugins.head("plain")
      } throws: {
        "\($0)".contains("\(target): changed since it was installed (its SHA-256 is ")
      }
    }
    #expect {
      _ = try place.remove("plane", prober: prober)
    } throws: {
      "\($0)" == "\(place.path): no plugin 'plane' is installed here; installed: libzoo-head-plain.so"
    }
    #expect(try place.remove("head-plain", prober: prober) == target)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [])
  }

  /// What dies later names the plugin, the component and the call.
  @Test func laterCrashesAreNamed() throws {
    let folder = try PluginFolder()
    var head = CHead()
    head.build = "__builtin_trap();"
    try folder.compile("libzoo-x.so", head.source)
    let script = #""$1" plugin check "$2/libzoo-x.so" > "$2/out" 2> "$2/err""#
    let status = try runProgram(
      "/bin/sh", ["sh", "-c", script, "sh", Self.zoo(), folder.path], environment: ["HOME=" + folder.path])
    #expect(status != 0)
    let (output, errors) = (
      try String(contentsOfFile: folder.file("out"), encoding: .utf8),
      try String(contentsOfFile: folder.file("err"), encoding: .utf8)
    )
    #expect(errors == "zoo: crashed inside plugin libzoo-x.so, head 'plain', build (Illegal instruction)\n")
    #expect(output.contains("declaration and build     the process crashed (Illegal instruction)"))
  }

  /// Operations of a plugin's own are checked as components are.
  @Test func ownOperations() throws {
    func refusal(_ table: String) throws -> String? {
      let folder = try PluginFolder()
      var head = CHead()
      head.functions = """
        static zoo_status shape(C *c, void *t, const zoo_array *in, size_t n, const zoo_attr *a, size_t na, int64_t *d,
                                size_t *r) { (void)c; (void)t; (void)in; (void)n; (void)a; (void)na; (void)d; (void)r;
                                return ZOO_OK; }
        static zoo_status forward(C *c, void *t, const zoo_array *in, size_t n, const zoo_attr *a, size_t na,
                                  const zoo_result *o, size_t no) { (void)c; (void)t; (void)in; (void)n; (void)a;
                                  (void)na; (void)o; (void)no; return ZOO_OK; }
        """
      head.prepare = """
        zoo_operation o = {.size = sizeof o, .n_outputs = 1, .name = S("a/b@1"), .shape = shape, .forward = forward};
        \(table)
        TRY(c->host->register_operation(c, &o));
        """
      try folder.compile("libzoo-x.so", head.source)
      return Plugins(directories: [folder.path]).all().problems.first?.detail
    }
    #expect(try refusal("") == nil)
    #expect(
      try refusal("o.name = S(\"plain\");")
        == "registration failed: operation name 'plain' must be like 'team/name@1', of a-z, 0-9 and -")
    #expect(try refusal("o.forward = NULL;") == "registration failed: operation 'a/b@1' has no function 'forward'")
    #expect(
      try refusal("o.n_outputs = 0;")
        == "registration failed: operation 'a/b@1' has 0 outputs; 1 to 64 are possible")
    #expect(try refusal("o.flags = 1;") == "registration failed: operation 'a/b@1' sets reserved flags")
    #expect(
      try refusal("o.size = 60;")
        == "registration failed: operation table of 60 bytes is shorter than the first one's 80")
    #expect(
      try refusal("TRY(c->host->register_operation(c, &o));")
        == "registration failed: operation 'a/b@1' is registered twice")
  }
}
