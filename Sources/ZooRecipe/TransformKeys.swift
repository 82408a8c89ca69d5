/// `transform`.
enum TransformsKey: String, RecipeKey {
  case train, evaluate

  var field: RecipeField {
    let steps = RecipeValue.list(.oneStep(TransformName.self))
    return switch self {
    case .train:
      .optional(
        steps, otherwise: "`[resize, flip]` for images, nothing for tensors",
        "From a decoded image to the model's input.",
        example: "[resize: {size: 256}, crop: {size: 224}, flip]")
    case .evaluate:
      .optional(
        steps, otherwise: "`[resize]` for images, nothing for tensors", "The same for images to evaluate or predict.",
        example: "[resize: {size: 224}]")
    }
  }
}

/// An item of a list of transforms.
enum TransformName: String, RecipeKey {
  case resize, crop, flip

  var field: RecipeField {
    switch self {
    case .resize: step(ResizeKey.self, "Changes the size, with antialiasing where the image shrinks.", "{size: 256}")
    case .crop:
      step(CropKey.self, "Cuts out a part; `random` in training and `center` in evaluation by default.", "{size: 224}")
    case .flip: step(FlipKey.self, "Left to right.", "{probability: 0.5}")
    }
  }

  private func step<Key: RecipeKey>(_ keys: Key.Type, _ meaning: String, _ example: String) -> RecipeField {
    .optional(.mapping(keys), otherwise: "no such step", meaning, example: example)
  }
}

enum ResizeKey: String, RecipeKey {
  case size, height, width, mode, filter

  var field: RecipeField {
    switch self {
    case .size: .side("Both sides, or the shorter one.")
    case .height: .side("With `width`, in place of `size`.")
    case .width: .side("With `height`, in place of `size`.")
    case .mode:
      .choice(
        RecipeDefaults.resizeMode, "`square`: to exactly the size; `short-side`: the shorter side, keeping the aspect.")
    case .filter: .choice(RecipeDefaults.resizeFilter, "As Pillow resizes.")
    }
  }
}

enum CropKey: String, RecipeKey {
  case size, height, width, position

  var field: RecipeField {
    switch self {
    case .size: .side("Both sides.")
    case .height: .side("With `width`, in place of `size`.")
    case .width: .side("With `height`, in place of `size`.")
    case .position:
      .optional(
        .choice(CropPosition.self), otherwise: "`random` in training, `center` in evaluation", "Where it is cut out.",
        example: "random")
    }
  }
}

enum FlipKey: String, RecipeKey {
  case probability

  var field: RecipeField {
    switch self {
    case .probability: .standard(.number(.within(0, 1)), RecipeDefaults.flipProbability, "Of a flip, for each image.")
    }
  }
}

/// `input`.
enum InputSizeKey: String, RecipeKey {
  case size, height, width

  var field: RecipeField {
    switch self {
    case .size: .side("Both sides.", otherwise: "the model's own")
    case .height: .side("With `width`, in place of `size`.", otherwise: "the model's own")
    case .width: .side("With `height`, in place of `size`.", otherwise: "the model's own")
    }
  }
}

extension RecipeField {
  /// A side of an image in pixels.
  static func side(_ meaning: String, otherwise: String = "the model's input") -> RecipeField {
    .optional(.integer(.within(1, largestSide)), otherwise: otherwise, "Pixels. " + meaning, example: "224")
  }
}
