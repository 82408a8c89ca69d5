// swift-tools-version: 6.1
// The installed SDK: what a plugin's own package depends on. It fetches nothing.
import PackageDescription

let package = Package(
  name: "zoo",
  products: [.library(name: "ZooPlugin", targets: ["ZooPlugin"])],
  targets: [.target(name: "ZooABI"), .target(name: "ZooPlugin", dependencies: ["ZooABI"])]
)
