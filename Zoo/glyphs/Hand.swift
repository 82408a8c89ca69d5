import ZooData

/// How steady a hand is, and how broad its pen.
struct Hand {
  /// The deviation of a misplaced point, in units of the skeleton's grid.
  let jitter: Double
  /// The pen's radius in the same units.
  let radius: Double
  /// How much the radius changes within a stroke, as a share.
  private let unsteadiness: Double

  init(_ random: inout CounterRandom) {
    jitter = random.uniform(in: 1.5..<5)
    radius = random.uniform(in: 4..<9.5)
    unsteadiness = random.uniform(in: 0..<0.35)
  }

  func change(_ random: inout CounterRandom) -> Double {
    1 + unsteadiness * random.uniform(in: -1..<1)
  }
}

/// A smooth distortion of the plane: proportions, slant, turn, and bends of second and third order.
struct Warp {
  private let xx: Double
  private let xy: Double
  private let yx: Double
  private let yy: Double
  private let bendX: [Double]
  private let bendY: [Double]

  init(_ random: inout CounterRandom) {
    // With t = tan(angle / 2), sine and cosine are quotients: no library's rounding gets in. 0.13 is 15°.
    let t = random.uniform(in: -0.13..<0.13)
    let cosine = (1 - t * t) / (1 + t * t)
    let sine = 2 * t / (1 + t * t)
    let width = random.uniform(in: 0.65..<1.25)
    let shear = random.uniform(in: -0.3..<0.3)
    // Shear, then turn, of the stretched plane.
    xx = cosine * width
    xy = cosine * shear - sine
    yx = sine * width
    yy = sine * shear + cosine
    let size = random.uniform(in: 0..<0.16)
    bendX = (0..<7).map { _ in size * random.uniform(in: -1..<1) }
    bendY = (0..<7).map { _ in size * random.uniform(in: -1..<1) }
  }

  /// Moves a point of the skeleton's grid; the grid's middle (30, 50) goes to the origin.
  func apply(_ point: Point) -> Point {
    // u and v are within about ±1, so that no bend folds the plane.
    let u = (point.x - 30) / 40
    let v = (point.y - 50) / 50
    let terms = [u * u, u * v, v * v, u * u * u, u * u * v, u * v * v, v * v * v]
    var x = u * 40
    var y = v * 50
    for (index, term) in terms.enumerated() {
      x += 40 * bendX[index] * term
      y += 50 * bendY[index] * term
    }
    return Point(x: xx * x + xy * y, y: yx * x + yy * y)
  }
}
