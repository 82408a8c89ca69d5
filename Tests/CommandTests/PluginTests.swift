import FoundationEssentials
import Glibc
import Testing

/// A team with nothing but the SDK: packages made by `plugin new`, and the code of the guide, built without a network.
@Suite("Plugins of other teams", .serialized, .enabled(if: Toolbox.path != nil))
struct PluginTests {
  @Test func aNewHeadFromNothingToAModel() throws {
    let shop = try Workshop()
    #expect(
      try shop.done("plugin", "new", "mine", "-o", "head") == """
        head/.gitignore
        head/Package.swift
        head/README.md
        head/Sources/HeadMine/HeadMine.swift
        head/Tests/HeadMineTests/ContractTests.swift
        head/recipe.yaml

          cd head && swift build -c release
          head/README.md says the rest.

        """)
    // Its library, and its own test of the contract.
    let built = try Toolbox.scratch("new-head")
    let options = "-c release --package-path \(shop.path)/head --scratch-path \(built)"
    try Toolbox.run("swift build --build-tests \(options) && swift test --skip-build \(options)")
    let library = built + "/release/libzoo-head-mine.so"
    let place = ["XDG_DATA_HOME=\(shop.path)/data"]
    #expect(try shop.zoo(["plugin", "install", library], place).output.hasPrefix("installed head 'mine' 1.0 in "))
    let trained = try shop.zoo(
      ["finetune", "head/recipe.yaml", "--output", "run", "--set", "train.steps=20", "--threads", "1"], place)
    #expect(trained.code == 0, "\(trained.errors)")
    let digits = Toolbox.root + "/Zoo/data/digits-test.tar"
    let measured = try shop.zoo(["evaluate", "run/model.tar", "--data", digits, "--threads", "1"], place)
    #expect(measured.code == 0 && measured.output.contains("top-1"), "\(measured)")
    // Without the plugin the archive says what it needs.
    let alone = try shop.zoo(["evaluate", "run/model.tar", "--data", digits])
    #expect(alone.code == 1 && alone.errors.contains("no plugin provides the head 'mine'"), "\(alone)")
    let removed = try shop.zoo(["plugin", "remove", "mine"], place)
    #expect(removed.output == "removed \(shop.path)/data/zoo/plugins/libzoo-head-mine.so\n")
  }

  @Test func packagesInC() throws {
    let shop = try Workshop()
    for kind in ["head", "backbone"] {
      try shop.done("plugin", "new", "mine", "--kind", kind, "--lang", "c", "-o", kind)
      try Toolbox.run("make -C \(shop.path)/\(kind)")
      let file = "\(kind)/libzoo-\(kind)-mine.so"
      let report = try shop.zoo("plugin", "check", file)
      #expect(report.code == 0 && report.output.hasSuffix("keeps the contract\n"), "\(report.output)")
    }
    let odd = try shop.zoo("plugin", "check", "head/libzoo-head-mine.so", "--set", "scal=2")
    #expect(
      odd.code == 1
        && odd.output.hasSuffix(
          "options to try            there is no option 'scal'; did you mean 'scale'? known: scale\n1 of 4 points failed\n"
        ), "\(odd.output)")

    // A file that changed after it was installed is named wherever its head is asked for.
    let place = ["XDG_DATA_HOME=\(shop.path)/data"]
    #expect(try shop.zoo(["plugin", "install", "head/libzoo-head-mine.so"], place).code == 0)
    let installed = "data/zoo/plugins/libzoo-head-mine.so"
    try shop.write(installed, try shop.bytes(installed) + [0])
    for command in ["show", "check"] {
      let told = try shop.zoo(["plugin", command, "mine"], place)
      #expect(
        told.code == 1
          && told.errors.hasPrefix("error: \(shop.path)/\(installed): changed since it was installed (its SHA-256 is "),
        "\(told)")
    }
  }

  @Test func mistakes() throws {
    let shop = try Workshop()
    try shop.write("full/file", "x")
    #expect(
      try shop.refused(2, "plugin", "new", "mine", "-o", "full")
        .hasPrefix("error: full is not empty; nothing was written"))
    #expect(
      try shop.refused(2, "plugin", "new", "linear").hasPrefix("error: there is a head 'linear' already, in "))
    #expect(
      try shop.refused(2, "plugin", "new", "Mine")
        .hasPrefix("error: the name 'Mine' must be of a-z, 0-9 and -, beginning with a letter"))
    try shop.write("libzoo-x.so", "no library")
    #expect(
      try shop.refused(1, "plugin", "show", "libzoo-x.so")
        == "error: libzoo-x.so: not a shared library for this machine\n")
    try shop.write("other.so", "no library")
    let home = ["XDG_DATA_HOME=\(shop.path)/data"]
    #expect(
      try shop.zoo(["plugin", "install", "other.so"], home).errors
        == "error: other.so: a plugin's file is named libzoo-*.so; rename it\n")
    #expect(try shop.zoo(["plugin", "install", "none.so"], home).errors == "error: none.so: no such file\n")
    #expect(
      try shop.refused(2, "plugin", "install", "libzoo-x.so").hasPrefix(
        "error: there is no folder for a user's plugins: set XDG_DATA_HOME or HOME, or say --shared"))
    #expect(
      try shop.zoo("plugin", "check", "libzoo-x.so").output == """
        FAILED  libzoo-x.so           note                      not a shared library for this machine
        1 of 1 points failed

        """)
    #expect(
      try shop.refused(2, "plugin", "show", "liner").hasPrefix(
        "error: no backbone or head is called 'liner'; did you mean 'linear'? there are: "))
  }

  /// Every block of code with a name is a plugin: built as it stands, and held to the contract.
  @Test func theGuide() throws {
    let shop = try Workshop()
    let guide = try String(contentsOfFile: Toolbox.root + "/Plugins/GUIDE.md", encoding: .utf8)
    let blocks = Toolbox.blocks(of: guide)
    #expect(blocks.filter { $0.language == "swift" }.count >= 6 && blocks.contains { $0.language == "c" })
    let folder = try Toolbox.scratch("guide")
    var names: [String] = []
    func add(_ name: String, _ source: String) throws {
      names.append(name)
      try Toolbox.write(source, to: "\(folder)/Sources/\(name)/\(name).swift")
    }
    for block in blocks where block.language == "swift" {
      let components = Toolbox.types(in: block.code, of: ["Head", "Backbone"])
      let operations = Toolbox.types(in: block.code, of: ["OwnOperation"])
      let arguments =
        components.map { $0 + ".self" }
        + (operations.isEmpty ? [] : ["operations: [" + operations.map { $0 + ".self" }.joined(separator: ", ") + "]"])
      let export =
        "@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(\(arguments.joined(separator: ", "))) }\n"
      try add(block.name, "import ZooPlugin\n\n" + block.code + "\n" + export)
    }
    // The template of a backbone needs the same SDK.
    try shop.done("plugin", "new", "fresh", "--kind", "backbone", "-o", "fresh")
    try add("backbone-fresh", try shop.text("fresh/Sources/BackboneFresh/BackboneFresh.swift"))
    let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
    try Toolbox.write(
      """
      // swift-tools-version: 6.1
      import PackageDescription
      let names = [\(list)]
      let package = Package(
        name: "guide",
        products: names.map { .library(name: "zoo-\\($0)", type: .dynamic, targets: [$0]) },
        dependencies: [.package(name: "zoo", path: "\(Toolbox.root)", traits: [])],
        targets: names.map { .target(name: $0, dependencies: [.product(name: "ZooPlugin", package: "zoo")]) }
      )

      """, to: folder + "/Package.swift")
    try Toolbox.run("swift build -c release --package-path \(folder)")
    for block in blocks where block.language == "c" {
      try shop.write("\(block.name).c", Toolbox.head(inC: block.code, name: block.name))
      try Toolbox.run(
        "cc -std=c11 -Wall -Wextra -Werror -shared -fPIC -I \(Toolbox.root)/Sources/ZooABI/include "
          + "\(shop.path)/\(block.name).c -o \(folder)/.build/release/libzoo-\(block.name).so")
      names.append(block.name)
    }
    for name in names {
      let report = try shop.zoo("plugin", "check", "\(folder)/.build/release/libzoo-\(name).so")
      #expect(report.code == 0, "\(name):\n\(report.output)\(report.errors)")
    }
    try learnsNumbers(shop, plugins: folder + "/.build/release")
  }
}

/// What building a plugin needs.
enum Toolbox {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The search path, where there are a Swift and a C compiler and make.
  static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let found = ["swift", "cc", "make"].allSatisfy { tool in
      folders.contains { access($0 + "/" + tool, X_OK) == 0 }
    }
    return found ? folders.joined(separator: ":") : nil
  }()

  /// A folder beside the tests' products, so that building again is quick.
  static func scratch(_ name: String) throws -> String {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = URL(filePath: program).deletingLastPathComponent().appending(path: "third-party/\(name)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
  }

  /// A line for the shell, which must succeed. A proxy that leads nowhere: whoever tries to fetch fails.
  static func run(_ line: String) throws {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let products = URL(filePath: program).deletingLastPathComponent().path
    let settings = [
      "PATH=" + (path ?? ""), "HOME=" + (try scratch("home")), "ZOO=\(products)/zoo", "http_proxy=http://127.0.0.1:9",
      "https_proxy=http://127.0.0.1:9",
    ]
    let words: [UnsafeMutablePointer<CChar>?] =
      (["sh", "-c", "{ \(line); } 1>&2"] as [String]).map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }
    var process: pid_t = 0
    try #require(posix_spawn(&process, "/bin/sh", nil, nil, words, variables) == 0)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    try #require(status == 0, "\(line)")
  }

  /// Leaves a file that has this text alone, so that it is not built again.
  static func write(_ text: String, to path: String) throws {
    if (try? String(contentsOfFile: path, encoding: .utf8)) == text { return }
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  struct Block {
    let language: String
    let name: String
    let code: String
  }

  /// The blocks of a page that have a language and a name.
  static func blocks(of page: String) -> [Block] {
    var blocks: [Block] = []
    var open: (words: [String], lines: [String])?
    for line in page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if let block = open {
        guard line == "```" else {
          open?.lines.append(line)
          continue
        }
        if block.words.count == 2 {
          blocks.append(
            Block(
              language: block.words[0], name: block.words[1], code: block.lines.joined(separator: "\n") + "\n"))
        }
        open = nil
      } else if line.hasPrefix("```") {
        open = (line.dropFirst(3).split(separator: " ").map(String.init), [])
      }
    }
    return blocks
  }

  /// Names of the structs that say they are one of these.
  static func types(in code: String, of protocols: [String]) -> [String] {
    code.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("struct "), let colon = line.firstIndex(of: ":") else { return nil }
      let inherited = line[line.index(after: colon)...].split { " ,{".contains($0) }.map(String.init)
      guard inherited.contains(where: protocols.contains) else { return nil }
      return String(line[line.index(line.startIndex, offsetBy: 7)..<colon])
    }
  }

  /// A whole head around a function `build`.
  static func head(inC build: String, name: String) -> String {
    """
    #include "zoo_abi.h"
    #include <string.h>
    ZOO_PLUGIN_NOTE("guide");
    #define S(text) ((zoo_str){(text), sizeof(text) - 1})
    #define TRY(call) do { zoo_status status = (call); if (status) return status; } while (0)
    static zoo_status describe(zoo_ctx *c, void *t) {
      (void)t; c->host->emit(c, S("{\\"options\\":{},\\"variants\\":[]}")); return ZOO_OK;
    }
    static zoo_status create(zoo_ctx *c, void *t, zoo_str o, void **i) {
      (void)t; *i = NULL;
      return o.len == 2 ? ZOO_OK : c->host->fail(c, ZOO_E_INVALID, S("options: it takes none"));
    }
    static zoo_status declare(zoo_ctx *c, void *i) {
      (void)i;
      c->host->emit(c, S("{\\"inputs\\":[\\"pooled\\"],\\"target\\":\\"class\\",\\"metrics\\":[\\"top-1\\"],"
                         "\\"outputs\\":[{\\"name\\":\\"logits\\",\\"reading\\":\\"softmax\\"}],"
                         "\\"couples_examples\\":false}"));
      return ZOO_OK;
    }
    \(build)
    static void destroy(void *i) { (void)i; }
    ZOO_EXPORT zoo_status zoo_plugin_main(zoo_ctx *c) {
      zoo_component t = {.size = sizeof t, .kind = ZOO_KIND_HEAD, .name = S("\(name)"), .summary = S("of the guide"),
                         .version = S("1"), .describe = describe, .create = create, .declare = declare,
                         .build = build, .destroy = destroy};
      return c->host->register_component(c, &t);
    }
    """
  }
}
