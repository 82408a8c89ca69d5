import ZooPlugin

/// Shape and numerics of a BiT ResNet; the defaults are R50x1.
struct BiTOptions: Config {
  enum Norm: String, Choice { case group, batch }

  /// Units of each stage.
  var units = [3, 4, 6, 3]
  /// Channels out of each stage; a quarter of them inside a unit.
  var widths = [256, 512, 1024, 2048]
  /// Channels of the stem.
  var stem = 64
  /// `group` is BiT's. `batch` is a ResNet's as before BiT, to compare with; a batch is then never split.
  var norm = Norm.group
  /// Whether the weights of convolutions are standardised, as BiT's are.
  var standardise = true
  /// Of the group normalisation.
  var groups = 32
  /// Of the weight standardisation: 1e-10 in the official code, 1e-8 in timm.
  var wsEpsilon = 1e-10
  var gnEpsilon = 1e-5
  /// Height and width of the image in pixels; any other works as well.
  var image = 224

  func check() throws {
    guard !units.isEmpty, units.allSatisfy({ $0 > 0 }) else {
      throw ZooError.option("units", "must be whole numbers above 0, one a stage, not \(units)")
    }
    guard widths.count == units.count else {
      throw ZooError.option("widths", "has \(widths.count) stages where units has \(units.count)")
    }
    guard groups > 0 else { throw ZooError.option("groups", "must be at least 1, not \(groups)") }
    for width in widths where width <= 0 || width % (4 * groups) != 0 {
      throw ZooError.option("widths", "each must be a multiple of 4·\(groups) groups, not \(width)")
    }
    guard stem > 0, stem % groups == 0 else {
      throw ZooError.option("stem", "must be a multiple of \(groups) groups, not \(stem)")
    }
    guard image > 0 else { throw ZooError.option("image", "must be at least 1, not \(image)") }
    guard wsEpsilon > 0 else { throw ZooError.option("ws-epsilon", "must be above 0") }
    guard gnEpsilon > 0 else { throw ZooError.option("gn-epsilon", "must be above 0") }
  }
}

/// The released sizes (Kolesnikov et al. 2020): units of ResNet-50, -101 and -152, channels times a factor.
let bitVariants: [Variant<BiTOptions>] = [
  row("bit-r50x1", [3, 4, 6, 3], 1), row("bit-r50x3", [3, 4, 6, 3], 3),
  row("bit-r101x1", [3, 4, 23, 3], 1), row("bit-r101x3", [3, 4, 23, 3], 3),
  row("bit-r152x2", [3, 8, 36, 3], 2), row("bit-r152x4", [3, 8, 36, 3], 4)
]

private func row(_ name: String, _ units: [Int], _ factor: Int) -> Variant<BiTOptions> {
  var options = BiTOptions()
  options.units = units
  options.widths = options.widths.map { $0 * factor }
  options.stem *= factor
  return Variant(name, options)
}
