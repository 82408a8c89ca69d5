import ZooPlugin

/// The published sizes: Dosovitskiy et al. 2021, table 1; Steiner et al. 2022 (Ti, S); Zhai et al. 2022 (g,
/// G).
let vitVariants: [Variant<ViTOptions>] = [
  row("vit-ti16", width: 192, depth: 12, heads: 3, mlp: 768, patch: 16),
  row("vit-s16", width: 384, depth: 12, heads: 6, mlp: 1536, patch: 16),
  row("vit-s32", width: 384, depth: 12, heads: 6, mlp: 1536, patch: 32),
  row("vit-b8", width: 768, depth: 12, heads: 12, mlp: 3072, patch: 8),
  row("vit-b16", width: 768, depth: 12, heads: 12, mlp: 3072, patch: 16),
  row("vit-b32", width: 768, depth: 12, heads: 12, mlp: 3072, patch: 32),
  row("vit-l16", width: 1024, depth: 24, heads: 16, mlp: 4096, patch: 16),
  row("vit-l32", width: 1024, depth: 24, heads: 16, mlp: 4096, patch: 32),
  row("vit-h14", width: 1280, depth: 32, heads: 16, mlp: 5120, patch: 14),
  // Names are lower case, so the two of these are told apart by the words their authors say.
  row("vit-giant14", width: 1408, depth: 40, heads: 16, mlp: 6144, patch: 14),
  row("vit-gigantic14", width: 1664, depth: 48, heads: 16, mlp: 8192, patch: 14)
]

private func row(
  _ name: String, width: Int, depth: Int, heads: Int, mlp: Int, patch: Int
) -> Variant<ViTOptions> {
  var options = ViTOptions()
  (options.width, options.depth, options.heads) = (width, depth, heads)
  (options.mlp, options.patch) = (mlp, patch)
  return Variant(name, options)
}
