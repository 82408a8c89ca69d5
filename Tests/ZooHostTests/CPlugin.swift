import FoundationEssentials
import Glibc
import Testing
import ZooGraph
import ZooHost

/// Plugins compiled from C by the tests, and other files that are none, in a folder of their own that goes
/// away.
final class PluginFolder {
  let path: String
  /// The repository's root.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  /// `cc`, where there is one.
  static let compiler: String? = ["/usr/bin/cc", "/usr/local/bin/cc"].first { access($0, X_OK) == 0 }

  init() throws {
    path = "\(FileManager.default.temporaryDirectory.path)/zoo-host-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: file(name))) }

  /// Compiles a source against the header alone.
  func compile(_ name: String, _ source: String, _ arguments: [String] = []) throws {
    let text = file(name + ".c")
    try Data(source.utf8).write(to: URL(filePath: text))
    try compile(name, file: text, arguments)
  }

  func compile(_ name: String, file source: String, _ arguments: [String] = []) throws {
    let include = Self.root + "/Sources/ZooABI/include"
    let warnings = ["-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror"]
    let output = ["-o", file(name)]
    let status = try run(["cc", "-shared", "-fPIC", "-I", include] + warnings + arguments + output + [source])
    #expect(status == 0, "cc failed for \(name)")
  }

  private func run(_ arguments: [String]) throws -> Int32 {
    try runProgram(#require(Self.compiler), arguments, environment: ["PATH=/usr/bin:/bin"])
  }
}

/// Runs a program to its end; its exit status as `waitpid` tells it.
func runProgram(_ path: String, _ arguments: [String], environment: [String]) throws -> Int32 {
  var process: pid_t = 0
  let words = arguments.map { strdup($0) } + [nil]
  let variables = environment.map { strdup($0) } + [nil]
  defer { for text in words + variables { free(text) } }
  try #require(posix_spawn(&process, path, nil, nil, words, variables) == 0)
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  return status
}

/// The source of a head in C, of which tests replace parts.
struct CHead {
  var name = "plain"
  var note = #"ZOO_PLUGIN_NOTE("test");"#
  var kind = "ZOO_KIND_HEAD"
  var declare =
    #"{\"inputs\":[\"pooled\"],\"target\":\"class\","#
    + #"\"outputs\":[{\"name\":\"logits\",\"reading\":\"softmax\"}],"#
    + #"\"metrics\":[\"top-1\"],\"couples_examples\":false}"#
  /// Statements of `build`; `c`, `g` and a `zoo_node n[8]` are in scope.
  var build = "return ZOO_OK;"
  var describe = #"{\"options\":{},\"variants\":[]}"#
  /// Statements before the registration of the table `t`.
  var prepare = ""
  /// Statements that end the entry point.
  var register = "return c->host->register_component(c, &t);"
  var functions = ""

  var source: String {
    """
    #include "zoo_abi.h"
    #include <string.h>
    \(note)
    #define S(text) ((zoo_str){(text), sizeof(text) - 1})
    #define TRY(call) do { zoo_status status = (call); if (status) return status; } while (0)
    typedef zoo_ctx C;
    \(functions)
    static zoo_status describe(C *c, void *t) { (void)t; c->host->emit(c, S("\(describe)")); return ZOO_OK; }
    static zoo_status create(C *c, void *t, zoo_str o, void **i) {
      (void)c; (void)t; (void)o; *i = NULL; return ZOO_OK;
    }
    static zoo_status declare(C *c, void *i) { (void)i; c->host->emit(c, S("\(declare)")); return ZOO_OK; }
    static zoo_status build(C *c, void *i, zoo_graph *g, uint32_t phase) {
      zoo_node n[8] = {0}; const zoo_host *h = c->host; (void)i; (void)phase; (void)n; (void)h; (void)g;
      \(build)
    }
    static void destroy(void *i) { (void)i; }
    ZOO_EXPORT zoo_status zoo_plugin_main(C *c) {
      zoo_component t = {.size = sizeof t, .kind = \(kind), .name = S("\(name)"), .summary = S("for tests"),
                         .version = S("1"), .describe = describe, .create = create, .declare = declare,
                         .build = build, .destroy = destroy};
      \(prepare)
      \(register)
    }
    """
  }
}
