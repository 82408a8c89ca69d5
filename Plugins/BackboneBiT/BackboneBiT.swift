import ZooPlugin

/// BiT ResNet-v2 (Kolesnikov et al. 2020): pre-activation bottlenecks, group normalisation, standardised
/// weights; by options with batch normalisation or plain weights, for comparison.
///
/// Parameters have timm's names and layouts. Activations: `stem`, `stage1`… (maps), `map` (after the final
/// norm), `pooled`.
struct BigTransfer: Backbone {
  static let name = "bit"
  static let summary = "BiT ResNet-v2, R50x1 to R152x4"
  static let variants = bitVariants
  static let checkpointFormats: [CheckpointFormat<BiTOptions>] = [
    CheckpointFormat("timm") { $0.wsEpsilon = 1e-8 }, CheckpointFormat("official")
  ]
  let options: BiTOptions

  init(_ options: BiTOptions) throws {
    try options.check()
    self.options = options
  }

  var declaration: BackboneDeclaration {
    BackboneDeclaration(
      image: ImageInput(size: options.image), depth: options.units.reduce(0, +),
      features: options.widths.last ?? 0)
  }

  func keyMap(_ format: String) -> [KeyMapEntry] { bitKeyMap(format, options) }

  func build(_ g: BackboneGraph) throws {
    var depth = 0
    g.depth = depth
    var x = try convolution(g, g.image, options.stem, kernel: 7, stride: 2, name: "stem.conv")
    x = try g.maxPool(x, kernel: 3, stride: 2, padding: 1)
    try g.activation("stem", x)
    for (stage, (units, width)) in zip(options.units, options.widths).enumerated() {
      for index in 0..<units {
        depth += 1
        g.depth = depth
        let stride = stage > 0 && index == 0 ? 2 : 1
        x = try unit(g, x, width, stride: stride, name: "stages.\(stage).blocks.\(index)")
      }
      try g.activation("stage\(stage + 1)", x)
    }
    g.depth = depth + 1
    let map = try normRelu(g, x, "norm")
    try g.activation("map", map)
    try g.activation("pooled", map.mean([1, 2]))
  }

  /// A pre-activation bottleneck: the stride sits in the 3×3, the projection reads the activated input.
  private func unit(
    _ g: BackboneGraph, _ x: Tensor, _ width: Int, stride: Int, name: String
  ) throws -> Tensor {
    let activated = try normRelu(g, x, name + ".norm1")
    let shortcut =
      stride != 1 || x.width != width
      ? try convolution(g, activated, width, kernel: 1, stride: stride, name: name + ".downsample.conv") : x
    var h = try convolution(g, activated, width / 4, kernel: 1, name: name + ".conv1")
    h = try normRelu(g, h, name + ".norm2")
    h = try convolution(g, h, width / 4, kernel: 3, stride: stride, name: name + ".conv2")
    h = try normRelu(g, h, name + ".norm3")
    return try convolution(g, h, width, kernel: 1, name: name + ".conv3") + shortcut
  }

  private func normRelu(_ g: BackboneGraph, _ x: Tensor, _ name: String) throws -> Tensor {
    switch options.norm {
    case .group: try g.groupNorm(x, groups: options.groups, name: name, epsilon: options.gnEpsilon).relu()
    case .batch: try g.batchNorm(x, name: name).relu()
    }
  }

  /// Standardised weights, no bias, zeros around the image. He's deviation at first: the standardised weights
  /// do not depend on it, only the speed at which they turn does.
  private func convolution(
    _ g: BackboneGraph, _ x: Tensor, _ width: Int, kernel: Int, stride: Int = 1, name: String
  ) throws -> Tensor {
    let weight = try g.parameter(
      name + ".weight", shape: [width, x.width, kernel, kernel], initial: .heNormal)
    let used = options.standardise ? try g.weightStandardise(weight, epsilon: options.wsEpsilon) : weight
    return try g.conv2d(x, weight: used, stride: stride, padding: kernel / 2)
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(BigTransfer.self) }
