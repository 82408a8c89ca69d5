// swift-tools-version: 6.1
import PackageDescription

// Without its traits the framework needs no other package, so nothing is fetched.
let package = Package(
  name: "head-cosine",
  products: [.library(name: "zoo-head-cosine", type: .dynamic, targets: ["HeadCosine"])],
  dependencies: [.package(name: "zoo", path: Context.environment["ZOO_SDK"] ?? "../../..", traits: [])],
  targets: [
    .target(name: "HeadCosine", dependencies: [.product(name: "ZooPlugin", package: "zoo")])
  ]
)
