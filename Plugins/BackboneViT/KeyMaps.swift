import ZooPlugin

/// Names and layouts of the parameters in timm's, the official JAX and Hugging Face's checkpoints.
func vitKeyMap(_ format: String, _ options: ViTOptions) -> [KeyMapEntry] {
  switch format {
  case "timm": timm(options)
  case "official": official(options)
  default: huggingFace(options)
  }
}

private func timm(_ options: ViTOptions) -> [KeyMapEntry] {
  var names = options.pool == .token ? ["cls_token"] : []
  names += ["pos_embed", "patch_embed.proj.weight", "patch_embed.proj.bias"]
  for block in 0..<options.depth {
    for layer in ["norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2"] {
      names += ["weight", "bias"].map { "blocks.\(block).\(layer).\($0)" }
    }
  }
  names += ["norm.weight", "norm.bias"]
  if options.preLogits > 0 { names += ["pre_logits.weight", "pre_logits.bias"] }
  names += ["head.weight", "head.bias"]
  return names.map { KeyMapEntry($0, [timmSource($0)]) }
}

/// timm kept the layer in an ordered dictionary.
private func timmSource(_ name: String) -> String {
  name.hasPrefix("pre_logits.") ? "pre_logits.fc" + name.dropFirst("pre_logits".count) : name
}

private func official(_ options: ViTOptions) -> [KeyMapEntry] {
  var entries: [KeyMapEntry] = options.pool == .token ? [KeyMapEntry("cls_token", ["cls"])] : []
  entries += [
    KeyMapEntry("pos_embed", ["Transformer/posembed_input/pos_embedding"]),
    KeyMapEntry("patch_embed.proj.weight", ["embedding/kernel"], .hwioToOIHW),
    KeyMapEntry("patch_embed.proj.bias", ["embedding/bias"])
  ]
  for block in 0..<options.depth {
    let (to, from) = ("blocks.\(block)", "Transformer/encoderblock_\(block)")
    let attention = from + "/MultiHeadDotProductAttention_1"
    let parts = ["query", "key", "value"]
    entries += norm(to + ".norm1", from + "/LayerNorm_0")
    entries += [
      KeyMapEntry(to + ".attn.qkv.weight", parts.map { attention + "/\($0)/kernel" }, .qkvKernel),
      KeyMapEntry(to + ".attn.qkv.bias", parts.map { attention + "/\($0)/bias" }, .qkvBias),
      KeyMapEntry(to + ".attn.proj.weight", [attention + "/out/kernel"], .attentionOutput),
      KeyMapEntry(to + ".attn.proj.bias", [attention + "/out/bias"])
    ]
    entries += norm(to + ".norm2", from + "/LayerNorm_2")
    entries += dense(to + ".mlp.fc1", from + "/MlpBlock_3/Dense_0")
    entries += dense(to + ".mlp.fc2", from + "/MlpBlock_3/Dense_1")
  }
  entries += norm("norm", "Transformer/encoder_norm")
  if options.preLogits > 0 { entries += dense("pre_logits", "pre_logits") }
  return entries + dense("head", "head")
}

private func norm(_ to: String, _ from: String) -> [KeyMapEntry] {
  [KeyMapEntry(to + ".weight", [from + "/scale"]), KeyMapEntry(to + ".bias", [from + "/bias"])]
}

private func dense(_ to: String, _ from: String) -> [KeyMapEntry] {
  [KeyMapEntry(to + ".weight", [from + "/kernel"], .transpose), KeyMapEntry(to + ".bias", [from + "/bias"])]
}

private func huggingFace(_ options: ViTOptions) -> [KeyMapEntry] {
  let stem = "vit.embeddings."
  var entries: [KeyMapEntry] = options.pool == .token ? [KeyMapEntry("cls_token", [stem + "cls_token"])] : []
  entries += [KeyMapEntry("pos_embed", [stem + "position_embeddings"])]
  entries += same("patch_embed.proj", stem + "patch_embeddings.projection")
  for block in 0..<options.depth {
    let (to, from) = ("blocks.\(block)", "vit.encoder.layer.\(block)")
    entries += same(to + ".norm1", from + ".layernorm_before")
    for part in ["weight", "bias"] {
      let sources = ["query", "key", "value"].map { from + ".attention.attention.\($0).\(part)" }
      entries.append(KeyMapEntry(to + ".attn.qkv." + part, sources, .concatenate))
    }
    entries += same(to + ".attn.proj", from + ".attention.output.dense")
    entries += same(to + ".norm2", from + ".layernorm_after")
    entries += same(to + ".mlp.fc1", from + ".intermediate.dense")
    entries += same(to + ".mlp.fc2", from + ".output.dense")
  }
  entries += same("norm", "vit.layernorm")
  if options.preLogits > 0 { entries += same("pre_logits", "vit.pooler.dense") }
  return entries + same("head", "classifier")
}

private func same(_ to: String, _ from: String) -> [KeyMapEntry] {
  ["weight", "bias"].map { KeyMapEntry("\(to).\($0)", ["\(from).\($0)"]) }
}
