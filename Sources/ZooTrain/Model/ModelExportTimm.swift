import ZooArchive

/// `config.json` as timm reads it from a folder (`timm.create_model("local-dir:FOLDER", pretrained=True)`).
extension ExportDescription {
  func timm() throws -> Config {
    switch architecture {
    case "vit": try timmVisionTransformer()
    case "bit": timmBigTransfer()
    default: throw refuse("timm has no model that backbone '\(architecture)' can become")
    }
  }

  private func timmVisionTransformer() throws -> Config {
    guard options.int("pre-logits") == 0 else {
      throw refuse("timm has no pre-logits layer; import with pre-logits=0 what is to go there")
    }
    let (width, mlp, token) = (options.int("width"), options.int("mlp"), options.text("pool") == "token")
    var arguments: JSONObject = [
      "img_size": .int(Int64(options.int("image"))), "patch_size": .int(Int64(options.int("patch"))),
      "embed_dim": .int(Int64(width)), "depth": .int(Int64(options.int("depth"))),
      "num_heads": .int(Int64(options.int("heads"))), "mlp_ratio": .double(ratio(mlp, width)),
      "global_pool": .string(token ? "token" : "avg"), "class_token": .bool(token),
    ]
    // timm's own choice for a mean is to normalise after it.
    if !token { arguments["fc_norm"] = false }
    if options.text("gelu") == "tanh" { arguments["act_layer"] = "gelu_tanh" }
    let epsilon = options.double("layer-norm-epsilon")
    let notes = epsilon == 1e-6 ? [] : ["timm computes with a LayerNorm epsilon of 1e-6, this model with \(epsilon)"]
    return config(
      timmName(width, options.int("depth"), options.int("patch")), arguments, features: width,
      first: "patch_embed.proj", classifier: "head", pool: token ? "token" : "avg", fixedSize: true, notes)
  }

  /// The quotient that timm multiplies and cuts to get the hidden width.
  private func ratio(_ mlp: Int, _ width: Int) -> Double {
    let ratio = Double(mlp) / Double(max(width, 1))
    return Int(Double(width) * ratio) == mlp ? ratio : ratio.nextUp
  }

  /// The nearest of timm's names: all that tells the sizes apart is among the arguments.
  private func timmName(_ width: Int, _ depth: Int, _ patch: Int) -> String {
    let sizes: [(width: Int, depth: Int, name: String, patches: [Int])] = [
      (192, 12, "tiny", [16]), (384, 12, "small", [16, 32]), (768, 12, "base", [8, 16, 32]),
      (1024, 24, "large", [16, 32]), (1280, 32, "huge", [14]), (1408, 40, "giant", [14]),
      (1664, 48, "gigantic", [14]),
    ]
    let found = sizes.first { $0.width == width && $0.depth == depth && $0.patches.contains(patch) }
    return found.map { "vit_\($0.name)_patch\(patch)_224" } ?? "vit_base_patch16_224"
  }

  private func timmBigTransfer() -> Config {
    let (units, widths, stem) = (options.ints("units"), options.ints("widths"), options.int("stem"))
    let epsilon = options.double("ws-epsilon")
    var notes = epsilon == 1e-8
      ? [] : ["timm computes with a weight-standardisation epsilon of 1e-8, this model with \(epsilon)"]
    let depths: [(units: [Int], name: Int, factors: [Int])] = [
      ([3, 4, 6, 3], 50, [1, 3]), ([3, 4, 23, 3], 101, [1, 3]), ([3, 8, 36, 3], 152, [2, 4]),
    ]
    let factor = stem / 64
    let released = depths.first {
      $0.units == units && $0.factors.contains(factor) && stem == 64 * factor && options.int("groups") == 32
        && widths == [256, 512, 1024, 2048].map { $0 * factor }
    }
    var (name, arguments) = ("resnetv2", JSONObject())
    if let released { name = "resnetv2_\(released.name)x\(factor)_bit" } else {
      arguments = ["layers": JSONValue(units), "channels": JSONValue(widths), "stem_chs": .int(Int64(stem))]
      notes.append("timm has no function for this size; its class ResNetV2 takes config.json's model_args")
    }
    return config(
      name, arguments, features: widths.last ?? 0, first: "stem.conv", classifier: "head.fc", pool: "avg",
      fixedSize: false, notes)
  }

  private func config(
    _ name: String, _ arguments: JSONObject, features: Int, first: String, classifier: String, pool: String,
    fixedSize: Bool, _ notes: [String]
  ) -> Config {
    let pretrained: JSONObject = [
      "input_size": JSONValue([input.channels, input.height, input.width]), "fixed_input_size": .bool(fixedSize),
      "interpolation": "bilinear", "crop_pct": 1.0, "crop_mode": "squash", "mean": JSONValue(mean),
      "std": JSONValue(deviation), "num_classes": .int(Int64(classes)), "pool_size": .null,
      "first_conv": .string(first), "classifier": .string(classifier),
    ]
    var object: JSONObject = [
      "architecture": .string(name), "num_classes": .int(Int64(classes)), "num_features": .int(Int64(features)),
      "global_pool": .string(pool), "model_args": .object(arguments), "pretrained_cfg": .object(pretrained),
    ]
    if !labels.isEmpty { object["label_names"] = .array(labels.map { .string($0) }) }
    return ([("config.json", JSONValue.object(object).pretty())], notes)
  }
}
