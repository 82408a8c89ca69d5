// swift-tools-version: 6.1
import PackageDescription

// Without its traits the framework needs no other package, so nothing is fetched.
let package = Package(
  name: "head-ordinal",
  products: [.library(name: "zoo-head-ordinal", type: .dynamic, targets: ["HeadOrdinal"])],
  dependencies: [.package(name: "zoo", path: Context.environment["ZOO_SDK"] ?? "../../..", traits: [])],
  targets: [
    .target(name: "HeadOrdinal", dependencies: [.product(name: "ZooPlugin", package: "zoo")])
  ]
)
