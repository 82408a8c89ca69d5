// swift-tools-version: 6.1
// The installed SDK: what a plugin's own package depends on. It fetches nothing.
import PackageDescription

let package = Package(
  name: "zoo",
  products: [
    .library(name: "ZooPlugin", targets: ["ZooPlugin"]),
    .library(name: "ZooTestKit", targets: ["ZooTestKit"]),
  ],
  // As in the whole repository's manifest, so that one dependency line (`traits: []`) does for either.
  traits: [.default(enabledTraits: ["Host"]), .trait(name: "Host")],
  targets: [
    .target(name: "ZooABI"), .target(name: "ZooJSON"),
    .target(name: "ZooPlugin", dependencies: ["ZooABI", "ZooJSON"]),
    .target(name: "ZooTestKit", dependencies: ["ZooJSON"]),
  ]
)
