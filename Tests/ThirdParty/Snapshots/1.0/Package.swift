// swift-tools-version: 6.1
import PackageDescription

// The SDK and the header as released with ABI 1.0, and heads written for it. Never changed: every later host loads
// what this builds.
let sdk: [Target.Dependency] = ["ZooPlugin"]

let package = Package(
  name: "plugins-1-0",
  products: [
    .library(name: "zoo-head-ordinal-old", type: .dynamic, targets: ["HeadOrdinal"]),
    .library(name: "zoo-head-cosine-old", type: .dynamic, targets: ["HeadCosine"]),
  ],
  targets: [
    .target(name: "ZooABI"), .target(name: "ZooPlugin", dependencies: ["ZooABI"]),
    .target(name: "HeadOrdinal", dependencies: sdk), .target(name: "HeadCosine", dependencies: sdk),
  ]
)
