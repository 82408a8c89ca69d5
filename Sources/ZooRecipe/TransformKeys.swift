/// `transform`.
enum TransformsKey: String, RecipeKey {
  case train, evaluate
  case scaledDecoding = "scaled-decoding"

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
    case .scaledDecoding:
      .standard(
        .truth, RecipeDefaults.scaledDecoding,
        "Whether a training JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that is still enough for the first "
          + "step: quicker, and other pixels.")
    }
  }
}

/// An item of a list of transforms.
enum TransformName: String, RecipeKey {
  case resize, crop, flip
  case randomResizedCrop = "random-resized-crop"
  case colorJitter = "color-jitter"
  case randAugment = "rand-augment"
  case randomErasing = "random-erasing"

  var field: RecipeField {
    switch self {
    case .resize: step(ResizeKey.self, "Changes the size, with antialiasing where the image shrinks.", "{size: 256}")
    case .crop:
      step(CropKey.self, "Cuts out a part; `random` in training and `center` in evaluation by default.", "{size: 224}")
    case .flip: step(FlipKey.self, "Left to right.", "{probability: 0.5}")
    case .randomResizedCrop:
      step(
        RandomResizedCropKey.self, "A random part of random size and shape, resized: the Inception crop.",
        "{area: [0.08, 1]}")
    case .colorJitter:
      step(
        ColorJitterKey.self, "Brightness, contrast, saturation and hue by random factors, in random order.",
        "{brightness: 0.4, contrast: 0.4, saturation: 0.4}")
    case .randAugment:
      step(RandAugmentKey.self, "Random operations of sixteen, as AugReg uses them.", "{layers: 2, magnitude: 15}")
    case .randomErasing: step(RandomErasingKey.self, "A random part becomes the mean colour.", "{probability: 0.25}")
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
    case .filter: .filter
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

enum RandomResizedCropKey: String, RecipeKey {
  case size, height, width, area, aspect, filter

  var field: RecipeField {
    switch self {
    case .size: .side("Both sides.")
    case .height: .side("With `width`, in place of `size`.")
    case .width: .side("With `height`, in place of `size`.")
    case .area: .interval(.upTo(0, 1), RecipeDefaults.cropArea, "The part's share of the area, drawn uniformly.")
    case .aspect:
      .interval(.upTo(0, 100), RecipeDefaults.cropAspect, "Its width / height, drawn uniformly in the logarithm.")
    case .filter: .filter
    }
  }
}

enum ColorJitterKey: String, RecipeKey {
  case brightness, contrast, saturation, hue

  var field: RecipeField {
    switch self {
    case .brightness:
      .standard(.number(.within(0, 10)), RecipeDefaults.jitter, "A factor within 1 ± this.", example: "0.4")
    case .contrast:
      .standard(.number(.within(0, 10)), RecipeDefaults.jitter, "A factor within 1 ± this.", example: "0.4")
    case .saturation:
      .standard(.number(.within(0, 10)), RecipeDefaults.jitter, "A factor within 1 ± this.", example: "0.4")
    case .hue:
      .standard(.number(.within(0, 0.5)), RecipeDefaults.jitter, "A part of the circle, either way.", example: "0.1")
    }
  }
}

enum RandAugmentKey: String, RecipeKey {
  case layers, magnitude

  var field: RecipeField {
    switch self {
    case .layers: .standard(.integer(.within(0, 16)), RecipeDefaults.augmentLayers, "Operations, one after another.")
    case .magnitude:
      .standard(.number(.within(0, 30)), RecipeDefaults.augmentMagnitude, "10 is an operation's full range.")
    }
  }
}

enum RandomErasingKey: String, RecipeKey {
  case probability, area, aspect

  var field: RecipeField {
    switch self {
    case .probability: .standard(.number(.within(0, 1)), RecipeDefaults.erasingProbability, "For each image.")
    case .area: .interval(.upTo(0, 1), RecipeDefaults.erasedArea, "The part's share of the area, drawn uniformly.")
    case .aspect:
      .interval(.upTo(0, 100), RecipeDefaults.erasedAspect, "Its height / width, drawn uniformly in the logarithm.")
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
  static var filter: RecipeField {
    .choice(
      RecipeDefaults.resizeFilter,
      "`bilinear`, `bicubic`: as Pillow, antialiased; `bilinear-no-antialias`: as TensorFlow.")
  }

  static func interval(_ range: NumberRange<Double>, _ standard: Interval, _ meaning: String) -> RecipeField {
    .standard(.list(.number(range)), standard, meaning + " Two numbers, the lower one first.")
  }

  /// A side of an image in pixels.
  static func side(_ meaning: String, otherwise: String = "the model's input") -> RecipeField {
    .optional(.integer(.within(1, largestSide)), otherwise: otherwise, "Pixels. " + meaning, example: "224")
  }
}
