// swift-tools-version: 6.1
import PackageDescription

// Without its traits the framework needs no other package, so nothing is fetched.
let zoo = Target.Dependency.product(name: "ZooPlugin", package: "zoo")

/// A head of a team's own: one target, one library.
let heads = ["ArcFace", "Clipped", "Cosine", "Hoarder", "Ordinal", "Prototype"]

let package = Package(
  name: "several-heads",
  products: heads.map { .library(name: "zoo-head-\($0.lowercased())", type: .dynamic, targets: ["Head\($0)"]) },
  dependencies: [.package(name: "zoo", path: Context.environment["ZOO_SDK"] ?? "../../..", traits: [])],
  targets: heads.map { .target(name: "Head\($0)", dependencies: [zoo]) }
)
