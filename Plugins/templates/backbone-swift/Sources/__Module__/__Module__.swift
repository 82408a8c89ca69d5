import ZooPlugin

/// A small convolutional network: patches, then residual blocks. Change `build`; the rest follows.
struct __Module__: Backbone {
  /// What `--set` and a recipe may choose. Unknown names and wrong types are refused before `init` is called.
  struct Options: Config {
    var width = 32
    var depth = 2
    /// Pixels of a side of the image, and of a patch.
    var image = 32
    var patch = 4
  }
  static let name = "__name__"
  static let summary = "patches and residual convolutions"
  static let variants = [Variant("__name__-small", Options()), Variant("__name__-large", Options(width: 64, depth: 4))]
  let options: Options

  init(_ options: Options) throws {
    guard options.width > 0, options.width % 8 == 0 else { throw ZooError.option("width", "must be a multiple of 8") }
    guard options.depth > 0 else { throw ZooError.option("depth", "must be above 0") }
    guard options.patch > 0, options.image >= options.patch, options.image % options.patch == 0 else {
      throw ZooError.option("image", "must be a multiple of the patch")
    }
    self.options = options
  }

  var declaration: BackboneDeclaration {
    BackboneDeclaration(image: ImageInput(size: options.image), depth: options.depth, features: options.width)
  }

  /// The image is [batch, height, width, 3]. `depth` says which block a parameter belongs to: freezing and layer-wise
  /// rates go by it. Heads read the activations by name; `pooled`, [batch, features], is the one that most need.
  func build(_ g: BackboneGraph) throws {
    g.depth = 0
    var x = try g.conv2d(g.image, options.width, kernel: options.patch, stride: options.patch, name: "stem")
    try g.activation("stem", x)
    for block in 1...options.depth {
      g.depth = block
      let inner = try g.groupNorm(x, groups: 8, name: "block\(block).norm").relu()
      x = try x + g.conv2d(inner, options.width, kernel: 3, padding: 1, name: "block\(block).conv")
      try g.activation("block\(block)", x)
    }
    try g.activation("map", x)
    try g.activation("pooled", x.mean([1, 2]))
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(__Module__.self) }
