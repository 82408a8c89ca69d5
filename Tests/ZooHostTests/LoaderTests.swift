import FoundationEssentials
import Testing
import ZooHost

/// What is said of files that are no plugins, or none for this host. Nothing of them runs.
@Suite struct LoaderTests {
  /// The error for the only file of a folder, after its path.
  private func failure(_ folder: PluginFolder, _ name: String) -> String? {
    let problems = Plugins(directories: [folder.path]).all().problems
    guard problems.count == 1, let first = problems.first else { return nil }
    let path = folder.file(name) + ": "
    return "\(first)".hasPrefix(path) ? String("\(first)".dropFirst(path.count)) : "\(first)"
  }

  @Test(arguments: [
    [], Array("not a library".utf8), Array(repeating: 0, count: 4096), [0x7f, 0x45, 0x4c, 0x46],
  ])
  func filesOfOtherKinds(_ bytes: [UInt8]) throws {
    let folder = try PluginFolder()
    try folder.write("libzoo-head-x.so", bytes)
    #expect(failure(folder, "libzoo-head-x.so") == "not a shared library for this machine")
  }

  @Test func directoriesAndOtherNames() throws {
    let folder = try PluginFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("libzoo-d.so"), withIntermediateDirectories: true)
    try folder.write("notes.txt", [1])
    #expect(failure(folder, "libzoo-d.so") == "not a shared library for this machine")
  }

  /// Wherever a real plugin is cut, it is refused before the system's loader touches it.
  @Test func truncatedFiles() throws {
    let file = try #require(builtPlugins().scan().first { $0.file.hasSuffix("linear.so") }?.file)
    let whole = Array(try Data(contentsOf: URL(filePath: file)))
    for share in [0.02, 0.1, 0.3, 0.5] {
      let folder = try PluginFolder()
      try folder.write("libzoo-cut.so", Array(whole.prefix(Int(Double(whole.count) * share))))
      #expect(failure(folder, "libzoo-cut.so") == "the file is cut short", "\(share)")
    }
    let folder = try PluginFolder()
    try folder.write("libzoo-cut.so", Array(whole.prefix(70)))
    #expect(failure(folder, "libzoo-cut.so") == "the file is cut short")
  }

  /// Numbers in the headers that point anywhere: always a sentence, never a crash.
  @Test func hostileHeaders() throws {
    let file = try #require(builtPlugins().scan().first { $0.file.hasSuffix("linear.so") }?.file)
    let head = Array(try Data(contentsOf: URL(filePath: file)).prefix(8192))
    for place in stride(from: 16, to: 64 + 56 * 10, by: 4) {
      var bytes = head
      for offset in 0..<4 { bytes[place + offset] = 0xff }
      let folder = try PluginFolder()
      try folder.write("libzoo-x.so", bytes)
      #expect(failure(folder, "libzoo-x.so") != nil)
    }
  }

  @Test(.enabled(if: PluginFolder.compiler != nil))
  func compiledFaults() throws {
    func note(_ major: Int, _ needs: Int) -> String {
      #"__attribute__((section(".note.zoo"), used, aligned(4))) static const zoo_note n = "#
        + "{4, sizeof(zoo_note) - 16, 1, "
        + #""zoo", ZOO_ABI_MAGIC, \#(major), \#(needs), "an sdk"};"#
    }
    // Were any of it run, these would print and end the process.
    let trap = "__attribute__((constructor)) static void boom(void) { __builtin_trap(); }"
    let entry = "ZOO_EXPORT zoo_status zoo_plugin_main(zoo_ctx *c) { (void)c; return ZOO_OK; }"
    let include = "#include \"zoo_abi.h\"\n"
    let good = "ZOO_PLUGIN_NOTE(\"test\");\n"
    let cases: [(source: String, message: String)] = [
      (include + trap + entry, "not a zoo plugin (no zoo note in it)"),
      (
        include + trap + note(2, 0),
        "built for zoo plugin ABI 2.0, this zoo speaks 1.1; rebuild it with the current SDK "
          + "(built with: an sdk)"
      ),
      (include + trap + note(1, 3), "needs zoo plugin ABI 1.3, this zoo speaks 1.1; update zoo"),
      (
        include + good + "static int x; int *y = &x; extern int *y;",
        "exports no zoo_plugin_main; is it marked `@c(zoo_plugin_main) public`?"
      ),
      (include + good + entry, "registered nothing"),
      (
        include + good + "ZOO_EXPORT zoo_status zoo_plugin_main(zoo_ctx *c) { (void)c; return -77; }",
        "registration failed: failed with status -77 and no message"
      ),
      (
        include + good + "ZOO_EXPORT zoo_status zoo_plugin_main(zoo_ctx *c) {"
          + " zoo_str s = {\"no licence found\", 16}; return c->host->fail(c, ZOO_E_INTERNAL, s); }",
        "registration failed: no licence found"
      ),
    ]
    for (source, message) in cases {
      let folder = try PluginFolder()
      try folder.compile("libzoo-x.so", source)
      #expect(failure(folder, "libzoo-x.so") == message)
    }
  }

  @Test(.enabled(if: PluginFolder.compiler != nil))
  func undefinedSymbols() throws {
    let folder = try PluginFolder()
    var head = CHead()
    head.functions = "int undefined_thing(void);"
    head.build = "return undefined_thing();"
    try folder.compile("libzoo-x.so", head.source)
    let text = try #require(failure(folder, "libzoo-x.so"))
    #expect(text.hasPrefix("cannot load: ") && text.hasSuffix("undefined symbol: undefined_thing"))
  }

  /// A broken file hinders nobody who does not need it, and is named where nothing else was found.
  @Test func brokenFilesDoNotSpread() throws {
    let folder = try PluginFolder()
    try folder.write("libzoo-aaa.so", [1, 2, 3])
    let built = try #require(builtPlugins().directories.first)
    let plugins = Plugins(directories: [folder.path, built])
    #expect(try plugins.head("linear").name == "linear")
    #expect(plugins.scan().contains { $0.file == folder.file("libzoo-aaa.so") })
    #expect {
      _ = try plugins.head("tangent")
    } throws: {
      "\($0)" == """
        no plugin provides the head 'tangent'; known: attention-pool, cosine, linear, mlp, multi-label, norm-softmax, \
        ordinal, regression; `zoo plugin install FILE` adds one
          not loaded: \(folder.file("libzoo-aaa.so")): not a shared library for this machine
        """
    }
  }

  /// The file that is named after a component is the one that is asked for, so its fault is the answer.
  @Test func theNamedFileIsTriedFirst() throws {
    let folder = try PluginFolder()
    try folder.write("libzoo-head-cosine.so", [1, 2, 3])
    #expect {
      _ = try Plugins(directories: [folder.path]).head("cosine")
    } throws: {
      "\($0)" == "\(folder.file("libzoo-head-cosine.so")): not a shared library for this machine"
    }
  }

  @Test func noFolders() {
    #expect {
      _ = try Plugins(directories: ["/does/not/exist"]).backbone("vit")
    } throws: {
      "\($0)" == "no plugin provides the backbone 'vit'; no backbone was found; `zoo plugin install FILE` adds one"
    }
  }

  /// A file in an earlier folder hides one of the same name in a later folder.
  @Test func earlierFoldersWin() throws {
    let (first, second) = (try PluginFolder(), try PluginFolder())
    for folder in [first, second] { try folder.write("libzoo-head-x.so", [1]) }
    let files = Plugins(directories: [first.path, second.path, first.path]).scan().map(\.file)
    #expect(files == [first.file("libzoo-head-x.so")])
  }

  /// Whoever names a library after a head that ships, and has its folder searched first, gets that one.
  @Test func aShippedHeadGivesWay() throws {
    let (first, second) = (try PluginFolder(), try PluginFolder())
    try first.write("libzoo-head-x.so", [1])
    for name in ["x", "y"] { try second.write("libzoo-shipped-head-\(name).so", [1]) }
    let files = Plugins(directories: [first.path, second.path]).scan().map(\.file)
    #expect(files == [first.file("libzoo-head-x.so"), second.file("libzoo-shipped-head-y.so")])
  }

  @Test func foldersAreSearchedInOrder() {
    let folders = PluginSearch.directories(
      explicit: ["/a"], environment: ["ZOO_PLUGIN_PATH": "/b:/c", "HOME": "/h"], executable: "/usr/bin/zoo")
    let user = "/h/.local/share/zoo/plugins"
    #expect(folders == ["/a", "/b", "/c", user, "/usr/bin", "/usr/lib/zoo/plugins"])
  }
}
