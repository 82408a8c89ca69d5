import FoundationEssentials
import Testing

/// A target that imports a room without naming it is built against whatever module lies in the build folder: after an edit
/// of that room, an old one, and the program crashes.
@Suite("Targets name the rooms they import")
struct RoomTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  @Test func everyImportIsADependency() throws {
    let manifest = ManifestOfPackage(try text("Package.swift"))
    let modules = Set(manifest.targets.map(\.module))
    #expect(modules.isSuperset(of: ["ZooEngine", "CZooKernels", "CLibYAML", "BackboneViT", "ZooPictures", "zoo_fuzz", "zoo"]))
    for target in manifest.targets {
      var imported: Set<String> = []
      for file in try swiftFiles(target.path) { imported.formUnion(importedModules(try text(file))) }
      let named = Set(target.dependencies.map { $0.replacing("-", with: "_") })
      let missing = imported.intersection(modules).subtracting(named).sorted()
      #expect(missing.isEmpty, "Package.swift: \(target.name) imports \(missing) without naming them as dependencies")
    }
  }

  /// Nothing is passed over: each folder of sources is a target that was found.
  @Test func everyFolderIsATarget() throws {
    let manifest = ManifestOfPackage(try text("Package.swift"))
    // A package of its own; pictures of files; and what each target finds its help in.
    let others: Set = ["Tests/ThirdParty", "Tests/Fixtures", "Tests/Support", "Plugins/sdk", "Plugins/templates"]
    let folders = try ["Sources", "Tests", "Plugins"].flatMap { parent in
      try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/\(parent)").filter { !$0.contains(".") }
        .map { "\(parent)/\($0)" }
    }
    #expect(Set(folders).subtracting(others).subtracting(manifest.targets.map(\.path)).sorted() == [])
    for target in manifest.targets {
      #expect(FileManager.default.fileExists(atPath: "\(Self.root)/\(target.path)"), "\(target.name): no \(target.path)")
    }
  }

  @Test func manifestsAreRead() {
    let manifest = ManifestOfPackage(
      #"""
      func plugin(_ name: String, _ folder: String? = nil) -> Target {
        .target(name: name, dependencies: ["Kit"], path: "Plugins/\(folder ?? name)")
      }
      let package = Package(name: "p", products: [.library(name: "lib", targets: ["A"])], targets: [
        .target(name: "A"), // .target(name: "Comment")
        /* .target(name: "Block") */
        .executableTarget(
          name: "b-c",
          dependencies: [ "A", .product(name: "X", package: "https://x)", condition: host), .target(name: "D") ],
          path: "Else/where", exclude: ["E"]),
        plugin("P"), plugin("Q", "QFolder"),
        .testTarget(name: "T", exclude: ["N"], dependencies: ["b-c"]),
      ])
      """#)
    typealias Target = ManifestOfPackage.Target
    #expect(
      manifest.targets == [
        Target(name: "A", path: "Sources/A", dependencies: []),
        Target(name: "b-c", path: "Else/where", dependencies: ["A", "X", "https://x)", "D"]),
        Target(name: "P", path: "Plugins/P", dependencies: ["ZooPlugin"]),
        Target(name: "Q", path: "Plugins/QFolder", dependencies: ["ZooPlugin"]),
        Target(name: "T", path: "Tests/T", dependencies: ["b-c"]),
      ])
    #expect(manifest.targets.map(\.module) == ["A", "b_c", "P", "Q", "T"])
  }

  @Test func importsAreRead() {
    #expect(
      importedModules(
        """
        import A
          @testable import B
        @_exported public import C // because
        import struct D.Thing
        internal import E;import F
        // import G
        let text = "no import H"
        """) == ["A", "B", "C", "D", "E", "F"])
  }

  // MARK: - Files

  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(Self.root)/\(path)")), as: UTF8.self)
  }

  /// Swift files at any depth below a folder of the package.
  private func swiftFiles(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: "\(Self.root)/\(folder)").filter { $0.hasSuffix(".swift") }
      .map { "\(folder)/\($0)" }
  }

  private func importedModules(_ text: String) -> Set<String> {
    let kinds: Set = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"]
    let access: Set = ["public", "package", "internal", "fileprivate", "private"]
    var modules: Set<String> = []
    for statement in text.split(whereSeparator: { $0.isNewline || $0 == ";" }) {
      var words = statement.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
      words = words.drop { $0.hasPrefix("@") || access.contains(String($0)) }
      guard words.popFirst() == "import" else { continue }
      words = words.drop { kinds.contains(String($0)) }
      if let module = words.first?.split(separator: ".").first { modules.insert(String(module)) }
    }
    return modules
  }
}
