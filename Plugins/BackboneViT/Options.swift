import ZooPlugin

/// Shape and numerics of a Vision Transformer; the defaults are ViT-B/16 as first released.
struct ViTOptions: Config {
  enum Gelu: String, Choice { case erf, tanh }
  enum Pool: String, Choice { case token, mean }

  var width = 768
  var depth = 12
  var heads = 12
  var mlp = 3072
  var patch = 16
  /// Height and width of the image in pixels.
  var image = 224
  var gelu = Gelu.tanh
  var layerNormEpsilon = 1e-6
  /// `token`: a class token, read at the end. `mean`: no class token, the mean of all others.
  var pool = Pool.token
  /// Width of a tanh layer after the pool; 0 for none.
  var preLogits = 0

  /// Probability that training drops an element: after the positions, and after each dense layer of the blocks but
  /// queries, keys and values.
  var dropout = 0.0
  /// Probability that training skips the last block for an example; it grows from 0 at the first (stochastic depth).
  var dropPath = 0.0

  /// Patches along a side; pixels that fill no patch are cut off.
  var grid: Int { patch > 0 ? image / patch : 0 }
  var prefix: Int { pool == .token ? 1 : 0 }
  var features: Int { preLogits > 0 ? preLogits : width }

  func check() throws {
    let sizes = [
      ("width", width), ("depth", depth), ("heads", heads), ("mlp", mlp), ("patch", patch), ("image", image),
    ]
    for (name, value) in sizes where value < 1 {
      throw ZooError.option(name, "must be at least 1, not \(value)")
    }
    guard width % heads == 0 else {
      throw ZooError.option("width", "must be a multiple of \(heads) heads, not \(width)")
    }
    guard image >= patch else {
      throw ZooError.option("image", "must be at least one patch of \(patch), not \(image)")
    }
    guard preLogits >= 0 else {
      throw ZooError.option("pre-logits", "must be 0 (none) or a width, not \(preLogits)")
    }
    for (name, rate) in [("dropout", dropout), ("drop-path", dropPath)] {
      guard (0..<1).contains(rate) else { throw ZooError.option(name, "must be at least 0 and below 1, not \(rate)") }
    }
    guard layerNormEpsilon > 0 else { throw ZooError.option("layer-norm-epsilon", "must be above 0") }
  }
}
