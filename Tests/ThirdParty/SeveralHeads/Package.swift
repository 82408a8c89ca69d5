// swift-tools-version: 6.1
import PackageDescription

// Without its traits the framework needs no other package, so nothing is fetched.
let zoo = Target.Dependency.product(name: "ZooPlugin", package: "zoo")

let package = Package(
  name: "several-heads",
  products: [
    .library(name: "zoo-head-ordinal", type: .dynamic, targets: ["HeadOrdinal"]),
    .library(name: "zoo-head-hoarder", type: .dynamic, targets: ["HeadHoarder"])
  ],
  dependencies: [.package(name: "zoo", path: Context.environment["ZOO_SDK"] ?? "../../..", traits: [])],
  targets: [
    .target(name: "HeadOrdinal", dependencies: [zoo]),
    .target(name: "HeadHoarder", dependencies: [zoo])
  ]
)
