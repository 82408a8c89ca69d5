import ZooPlugin

/// Vision Transformer (Dosovitskiy et al. 2021) as released: pre-norm blocks, learned position embeddings.
///
/// Parameters have timm's names and layouts. Activations: `stem`, `block00`…, `tokens` (after the final
/// norm), `pooled`, and `pre_logits` where there is such a layer.
struct VisionTransformer: Backbone {
  static let name = "vit"
  static let summary = "Vision Transformer, Ti/16 to G/14"
  static let variants = vitVariants
  static let checkpointFormats: [CheckpointFormat<ViTOptions>] = [
    CheckpointFormat("timm") { $0.gelu = .erf }, CheckpointFormat("official"),
    CheckpointFormat("hf") { ($0.gelu, $0.layerNormEpsilon) = (.erf, 1e-12) },
  ]
  let options: ViTOptions

  init(_ options: ViTOptions) throws {
    try options.check()
    self.options = options
  }

  var declaration: BackboneDeclaration {
    BackboneDeclaration(
      image: ImageInput(size: options.image), depth: options.depth, features: options.features)
  }

  var adaptations: [Adaptation] {
    [.grid("pos_embed", prefix: options.prefix), .patch("patch_embed.proj.weight")]
  }

  func keyMap(_ format: String) -> [KeyMapEntry] { vitKeyMap(format, options) }

  func build(_ g: BackboneGraph) throws {
    var x = try stem(g)
    try g.activation("stem", x)
    for index in 0..<options.depth {
      x = try block(g, x, index)
      try g.activation("block" + (index < 10 ? "0" : "") + "\(index)", x)
    }
    g.depth = options.depth + 1
    try g.activation("tokens", norm(g, x, "norm"))
    var pooled = try pool(g, x)
    if options.preLogits > 0 {
      pooled = try g.linear(pooled, options.preLogits, name: "pre_logits", initial: .lecunNormal).tanh()
      try g.activation("pre_logits", pooled)
    }
    try g.activation("pooled", pooled)
  }

  /// Patches, class token, positions: [batch, tokens, width].
  private func stem(_ g: BackboneGraph) throws -> Tensor {
    g.depth = 0
    let (width, image) = (options.width, try g.image)
    guard image.shape[1] / options.patch == options.grid, image.shape[2] / options.patch == options.grid
    else {
      throw ZooError(
        "the image is \(image.shape[1])×\(image.shape[2]) pixels, "
          + "the position embeddings are for \(options.image)"
      )
    }
    let patches = options.grid * options.grid
    var x = try g.conv2d(
      image, width, kernel: options.patch, stride: options.patch, name: "patch_embed.proj",
      initial: .lecunNormal
    ).reshaped([Tensor.batch, patches, width])
    if options.pool == .token {
      let token = try g.parameter("cls_token", shape: [1, 1, width], initial: .zeros)
      x = try g.concatenate([token.broadcast([Tensor.batch, 1, width]), x], axis: 1)
    }
    let positions = try g.parameter(
      "pos_embed", shape: [1, patches + options.prefix, width], initial: .normal(deviation: 0.02))
    return try g.dropout(x + positions, rate: options.dropout)
  }

  /// x + attention(norm(x)), then x + mlp(norm(x)).
  private func block(_ g: BackboneGraph, _ input: Tensor, _ index: Int) throws -> Tensor {
    g.depth = index + 1
    let (name, width) = ("blocks.\(index)", options.width)
    // Xavier-uniform of each of the three square matrices, which lie stacked here.
    let square = Initial.uniform(bound: (3 / Double(width)).squareRoot())
    let qkv = try g.linear(
      norm(g, input, name + ".norm1"), 3 * width, name: name + ".attn.qkv", initial: square)
    let attended = try g.attention(qkv, heads: options.heads)
    let mixed = try g.dropout(g.linear(attended, width, name: name + ".attn.proj"), rate: options.dropout)
    let skip = options.dropPath * Double(index) / Double(max(options.depth - 1, 1))
    let x = try input + g.dropout(mixed, rate: skip, whole: true)

    let small = Initial.normal(deviation: 1e-6)
    let hidden = try g.linear(
      norm(g, x, name + ".norm2"), options.mlp, name: name + ".mlp.fc1", biasInitial: small
    ).gelu(tanh: options.gelu == .tanh)
    let output = try g.linear(
      g.dropout(hidden, rate: options.dropout), width, name: name + ".mlp.fc2", biasInitial: small)
    return try x + g.dropout(g.dropout(output, rate: options.dropout), rate: skip, whole: true)
  }

  /// [batch, width]. The norm works row by row, so for the class token its row alone is normalised.
  private func pool(_ g: BackboneGraph, _ x: Tensor) throws -> Tensor {
    switch options.pool {
    case .token: try norm(g, x.slice(axis: 1, 0..<1).reshaped([Tensor.batch, options.width]), "norm")
    case .mean: try norm(g, x, "norm").mean([1])
    }
  }

  private func norm(_ g: BackboneGraph, _ x: Tensor, _ name: String) throws -> Tensor {
    try g.layerNorm(x, name: name, epsilon: options.layerNormEpsilon)
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(VisionTransformer.self) }
