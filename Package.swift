// swift-tools-version: 6.1
import PackageDescription

// The plugin SDK (product `ZooPlugin`) needs no outside package. Those that the host needs hang on the
// default trait `Host`, so that a package which depends on this one with `traits: []` fetches nothing.
let host: TargetDependencyCondition? = .when(traits: ["Host"])

/// A component shipped as a shared library: it may use the SDK and nothing else of ours.
/// Names of targets and products must be nobody else's: where a stranger's package depends on this one and both have a
/// product `zoo-head-cosine`, only one of the two is built.
func plugin(_ name: String, _ folder: String? = nil) -> Target {
  .target(name: name, dependencies: ["ZooPlugin"], path: "Plugins/\(folder ?? name)")
}

let package = Package(
  name: "zoo",
  products: [
    .executable(name: "zoo", targets: ["zoo"]),
    .library(name: "ZooPlugin", targets: ["ZooPlugin"]),
    .library(name: "ZooTestKit", targets: ["ZooTestKit"]),
    .library(name: "zoo-backbone-vit", type: .dynamic, targets: ["BackboneViT"]),
    .library(name: "zoo-backbone-bit", type: .dynamic, targets: ["BackboneBiT"]),
    .library(name: "zoo-head-linear", type: .dynamic, targets: ["HeadLinear"]),
    .library(name: "zoo-shipped-head-attention-pool", type: .dynamic, targets: ["ShippedHeadAttentionPool"]),
    .library(name: "zoo-shipped-head-cosine", type: .dynamic, targets: ["ShippedHeadCosine"]),
    .library(name: "zoo-shipped-head-mlp", type: .dynamic, targets: ["ShippedHeadMLP"]),
    .library(name: "zoo-shipped-head-multi-label", type: .dynamic, targets: ["ShippedHeadMultiLabel"]),
    .library(name: "zoo-shipped-head-norm-softmax", type: .dynamic, targets: ["ShippedHeadNormSoftmax"]),
    .library(name: "zoo-shipped-head-ordinal", type: .dynamic, targets: ["ShippedHeadOrdinal"]),
    .library(name: "zoo-shipped-head-regression", type: .dynamic, targets: ["ShippedHeadRegression"]),
  ],
  traits: [
    .default(enabledTraits: ["Host"]),
    .trait(name: "Host", description: "The host: engine, archives, recipes, command line."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .target(name: "ZooABI"),
    .target(name: "ZooJSON"),
    .target(name: "ZooPlugin", dependencies: ["ZooABI", "ZooJSON"]),
    .target(name: "ZooTestKit", dependencies: ["ZooJSON"]),
    .target(name: "ZooGraph"),
    .target(
      name: "CZooKernels",
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("m")]),
    .target(name: "ZooEngine", dependencies: ["ZooGraph", "CZooKernels"]),
    .target(name: "ZooAlgebra", dependencies: ["ZooEngine", "CZooKernels"]),
    .systemLibrary(name: "CLibArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),
    .target(
      name: "ZooArchive",
      dependencies: ["CLibArchive", .product(name: "Crypto", package: "swift-crypto", condition: host)]),
    .target(name: "ZooRecipe", dependencies: ["CLibYAML"]),
    .target(name: "ZooData", dependencies: ["ZooArchive", "CZooKernels"]),
    .target(name: "ZooRetrieve", dependencies: ["ZooEngine", "ZooArchive", "ZooData", "CZooKernels"]),
    .target(name: "ZooHost", dependencies: ["ZooABI", "ZooJSON", "ZooGraph", "ZooArchive"]),
    .target(
      name: "ZooContract",
      dependencies: ["ZooJSON", "ZooGraph", "ZooEngine", "ZooArchive", "ZooData", "ZooHost", "ZooTrain"]),
    .target(
      name: "ZooTrain",
      dependencies: ["ZooGraph", "ZooEngine", "ZooArchive", "ZooRecipe", "ZooData", "ZooHost"]),
    // A target names every room it imports: a build after an edit compiles what depends on the room, and only that.
    .target(
      name: "ZooEvaluate",
      dependencies: ["ZooEngine", "ZooAlgebra", "ZooArchive", "ZooRecipe", "ZooData", "ZooRetrieve", "ZooHost", "ZooTrain"]),
    .target(name: "ZooAnnotate", dependencies: ["ZooAlgebra", "ZooArchive", "ZooRecipe", "ZooData"]),
    .target(name: "ZooReport"),
    .executableTarget(
      name: "zoo",
      dependencies: [
        "ZooGraph", "ZooEngine", "ZooAlgebra", "ZooArchive", "ZooRecipe", "ZooData", "ZooRetrieve", "ZooHost", "ZooTrain",
        "ZooEvaluate", "ZooAnnotate", "ZooReport", "ZooContract",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: host),
      ]),
    .executableTarget(
      name: "zoo-glyphs", dependencies: ["CFreeType", "ZooArchive", "ZooData", "ZooReport"], path: "Zoo/glyphs",
      exclude: ["README.md"], resources: [.embedInCode("words/words.tsv"), .embedInCode("Fonts/fonts.tsv")]),

    plugin("BackboneViT"),
    plugin("BackboneBiT"),
    plugin("HeadLinear"),
    plugin("ShippedHeadAttentionPool", "HeadAttentionPool"),
    plugin("ShippedHeadCosine", "HeadCosine"),
    plugin("ShippedHeadMLP", "HeadMLP"),
    plugin("ShippedHeadMultiLabel", "HeadMultiLabel"),
    plugin("ShippedHeadNormSoftmax", "HeadNormSoftmax"),
    plugin("ShippedHeadOrdinal", "HeadOrdinal"),
    plugin("ShippedHeadRegression", "HeadRegression"),

    .testTarget(name: "ZooGraphTests", dependencies: ["ZooGraph", "ZooEngine"]),
    .testTarget(name: "ZooEngineTests", dependencies: ["ZooGraph", "ZooEngine", "CZooKernels"]),
    .testTarget(name: "ZooAlgebraTests", dependencies: ["ZooAlgebra", "ZooArchive"]),
    .testTarget(name: "ZooArchiveTests", dependencies: ["ZooArchive"]),
    .testTarget(name: "ZooRecipeTests", dependencies: ["ZooRecipe"]),
    .testTarget(name: "ZooDataTests", dependencies: ["ZooData", "ZooPictures"]),
    // The plugins' shared libraries are built beside the test program; each has its own zoo_plugin_main.
    .testTarget(name: "ZooHostTests", dependencies: ["ZooGraph", "ZooHost"]),
    .testTarget(
      name: "ZooTrainTests",
      dependencies: [
        "ZooGraph", "ZooEngine", "ZooArchive", "ZooRecipe", "ZooData", "ZooHost", "ZooTrain", "ZooEvaluate",
      ]),
    .testTarget(name: "ZooRetrieveTests", dependencies: ["CZooKernels", "ZooArchive", "ZooData", "ZooRetrieve"]),
    .testTarget(name: "ZooReportTests", dependencies: ["ZooReport"]),
    .testTarget(
      name: "ZooEvaluateTests",
      dependencies: [
        "ZooAlgebra", "ZooArchive", "ZooData", "ZooEngine", "ZooEvaluate", "ZooHost", "ZooPictures", "ZooRecipe", "ZooTrain",
      ]),
    .testTarget(name: "ZooAnnotateTests", dependencies: ["ZooAlgebra", "ZooArchive", "ZooData", "ZooRecipe", "ZooAnnotate", "ZooPictures"]),
    .testTarget(name: "CommandTests", dependencies: ["zoo", "ZooArchive", "ZooPictures"]),
    .target(name: "ZooPictures", path: "Tests/Support/Pictures"),
    .target(name: "ZooMutation", path: "Tests/Support/Mutation"),
    .executableTarget(
      name: "zoo-fuzz",
      dependencies: [
        "ZooMutation", "ZooArchive", "ZooRecipe", "ZooData",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: host),
      ],
      path: "Tests/Fuzz", exclude: ["README.md"]),
    .testTarget(name: "FuzzTests", dependencies: ["zoo-fuzz"]),
    .testTarget(name: "GlyphTests", dependencies: ["zoo-glyphs", "ZooArchive"]),
  ]
)
