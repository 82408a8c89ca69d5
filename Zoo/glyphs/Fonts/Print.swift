import ZooData

/// A character of a font, drawn as if by a hand: turned, slanted, stretched and bent, with strokes of another weight.
enum Print {
  /// - Returns: the ink, stretched to columns 0..<20 of all rows.
  static func drawn(_ outline: Outline, _ random: inout CounterRandom) -> Bitmap {
    let elastic = Elastic(strength: random.uniform(in: 1..<6), &random)
    let warp = Warp(&random)
    let contours = outline.contours.map { $0.map { warp.apply(elastic.apply($0)) } }
    let weight = Weight(of: outline, &random)
    guard let window = FineBitmap.Window(around: contours, margin: weight.radius) else { return Bitmap() }

    var fine = FineBitmap()
    fine.fill(contours, window)
    fine.draw(weight.pen(along: contours, &random), window, ink: weight.radius > 0)
    if random.chance(0.5) {
      fine = fine.blurred(reach: 1 + random.integer(below: 2), share: random.uniform(in: 0.45..<0.6))
    }
    if random.chance(0.06) { fine.draw([scratch(10, &random)], window, ink: false) }
    if random.chance(0.06) { fine.draw([scratch(30, &random)], window, ink: true) }
    return fine.stretched()
  }

  /// A short line anywhere, of at most the length: a gap, or dirt.
  private static func scratch(_ length: Double, _ random: inout CounterRandom) -> InkSegment {
    let from = Point(x: random.uniform(in: -30..<30), y: random.uniform(in: -50..<50))
    let to = Point(
      x: from.x + random.uniform(in: -length..<length), y: from.y + random.uniform(in: -length..<length))
    let radius = random.uniform(in: 1.5..<5)
    return InkSegment(from: from, to: to, fromRadius: radius, toRadius: radius)
  }
}

/// How much bolder or lighter than its font a character is.
private struct Weight {
  /// What a round pen along the outlines adds, or takes away where it is negative.
  let radius: Double
  /// How much the radius changes along an outline, as a share.
  private let unsteadiness: Double

  init(of outline: Outline, _ random: inout CounterRandom) {
    // Strokes as thick as a pen's that writes a skeleton. Hairlines would be lost if much were taken away.
    let wanted = random.uniform(in: 7..<14)
    radius = max((wanted - outline.thickness) / 2, -0.2 * outline.thickness)
    unsteadiness = random.uniform(in: 0..<0.35)
  }

  func pen(along contours: [[Point]], _ random: inout CounterRandom) -> [InkSegment] {
    contours.flatMap { contour in
      guard var from = contour.last else { return [InkSegment]() }
      // Around a closed outline the radius goes from one value to the other and back.
      let ends = (change(&random), change(&random))
      func size(_ index: Int) -> Double {
        let t = (2 * Double(index) / Double(contour.count) - 1).magnitude
        return ends.0 + (ends.1 - ends.0) * t
      }
      return contour.enumerated().map { index, to in
        defer { from = to }
        return InkSegment(
          from: from, to: to, fromRadius: size(max(0, index - 1)) * radius.magnitude,
          toRadius: size(index) * radius.magnitude)
      }
    }
  }

  private func change(_ random: inout CounterRandom) -> Double {
    1 + unsteadiness * random.uniform(in: -1..<1)
  }
}
