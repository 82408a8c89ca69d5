import ZooArchive

/// `config.json` and `preprocessor_config.json` as transformers reads them (`from_pretrained("FOLDER")`).
extension ExportDescription {
  func huggingFace() throws -> Config {
    guard architecture == "vit" else {
      throw refuse("only the backbone 'vit' goes to transformers, not '\(architecture)'")
    }
    guard options.text("pool") == "token" else {
      throw refuse("transformers' ViT reads a class token, which this model has none of")
    }
    let preLogits = options.int("pre-logits")
    guard preLogits == 0 || classes == 0 else {
      throw refuse(
        "transformers has no classifier over a pre-logits layer; import with pre-logits=0 what is to go there")
    }
    var object: JSONObject = [
      "architectures": [.string(preLogits > 0 ? "ViTModel" : "ViTForImageClassification")], "model_type": "vit",
      "hidden_size": .int(Int64(options.int("width"))), "num_hidden_layers": .int(Int64(options.int("depth"))),
      "num_attention_heads": .int(Int64(options.int("heads"))), "intermediate_size": .int(Int64(options.int("mlp"))),
      "hidden_act": .string(options.text("gelu") == "tanh" ? "gelu_pytorch_tanh" : "gelu"),
      "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
      "layer_norm_eps": .double(options.double("layer-norm-epsilon")), "qkv_bias": true,
      "image_size": .int(Int64(options.int("image"))), "patch_size": .int(Int64(options.int("patch"))),
      "num_channels": .int(Int64(input.channels)), "encoder_stride": .int(Int64(options.int("patch"))),
      "dtype": "float32",
    ]
    if preLogits > 0 {
      object["pooler_output_size"] = .int(Int64(preLogits))
      object["pooler_act"] = "tanh"
    } else {
      object["num_labels"] = .int(Int64(classes))
      object["id2label"] = .object(JSONObject(labels.enumerated().map { (key: String($0), value: .string($1)) }))
      object["label2id"] = .object(
        JSONObject(labels.enumerated().map { (key: $1, value: .int(Int64($0))) }))
    }
    let processor: JSONObject = [
      "image_processor_type": "ViTImageProcessor", "do_resize": true,
      "size": ["height": .int(Int64(input.height)), "width": .int(Int64(input.width))], "resample": 2,
      "do_rescale": true, "rescale_factor": .double(1.0 / 255), "do_normalize": true, "image_mean": JSONValue(mean),
      "image_std": JSONValue(deviation),
    ]
    return (
      [
        ("config.json", JSONValue.object(object).pretty()),
        ("preprocessor_config.json", JSONValue.object(processor).pretty()),
      ], []
    )
  }
}
