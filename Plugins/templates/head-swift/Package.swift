// swift-tools-version: 6.1
import PackageDescription

// The SDK is the one dependency. It is on this machine and, without its traits, fetches nothing.
let package = Package(
  name: "head-__name__",
  products: [.library(name: "zoo-head-__name__", type: .dynamic, targets: ["__Module__"])],
  dependencies: [.package(name: "zoo", path: "__sdk__", traits: [])],
  targets: [
    .target(name: "__Module__", dependencies: [.product(name: "ZooPlugin", package: "zoo")]),
    .testTarget(name: "__Module__Tests", dependencies: [.product(name: "ZooTestKit", package: "zoo")]),
  ]
)
