/// The keys of a recipe. `extends` is gone from the merged tree; it is listed for the sake of errors.
enum RecipeRootKey: String, RecipeKey {
  case extends, model, name, input, transform, heads, tasks, train, engine, precision, threads

  var field: RecipeField {
    switch self {
    case .extends:
      .optional(
        .text, otherwise: "nothing",
        "Another recipe, seen from this one's folder; its values hold under this one's, and `null` takes one away.",
        example: "other.yaml")
    case .model:
      .required(
        .either([.path, .mapping(FreshModelKey.self)]),
        "A name in the store, the path of a `.tar` (with a '/' or that ending), or random weights.", example: "vit-b16")
    case .name:
      .optional(.text, otherwise: "the recipe's file name", "Of the resulting model.", example: "my-model")
    case .input:
      .optional(
        .mapping(InputSizeKey.self), otherwise: "the model's own", "The size of the model's input.",
        example: "{size: 224}")
    case .transform:
      .optional(
        .mapping(TransformsKey.self), otherwise: "each phase's default", "What becomes of the images.",
        example: "{evaluate: [resize: {size: 224}]}")
    case .heads:
      .optional(
        .named(.mapping(HeadKey.self)), otherwise: "the model's own", "Task heads, registered by name.",
        example: "{label: {plugin: linear}}")
    case .tasks:
      .required(
        .named(.mapping(TaskKey.self)), "What is learnt from which data; at least one task.",
        example: "{label: {train: {format: folder, path: images}}}")
    case .train: .required(.mapping(TrainKey.self), "The training loop's numbers.", example: "{steps: 500}")
    case .engine: .choice(RecipeDefaults.engine, "What computes; `auto` takes oneDNN where it is installed.")
    case .precision:
      .choice(
        RecipeDefaults.precision,
        "What products and convolutions multiply; all else is float32. `auto` takes bf16 where the processor has it.")
    case .threads:
      .optional(.integer(.within(1, 1024)), otherwise: "all processors", "Threads to compute with.", example: "2")
    }
  }
}
