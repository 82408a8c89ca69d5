/// How position embeddings follow another grid of patches. The three give different numbers.
public enum PositionResize: String, Sendable, CaseIterable {
  /// Bilinear with aligned corners, sample i·(n_in - 1)/(n_out - 1): `scipy.ndimage.zoom` of order 1, as the
  /// official code does (vit_jax/checkpoint.py, `interpolate_posembed`).
  case official
  /// Bilinear about pixel centres, not antialiased: what timm does to official files.
  case timmNpz = "timm-npz"
  /// Bicubic (a = -0.5), antialiased: what timm does to its own files.
  case timm

  /// Embeddings of a grid of another size.
  /// - Parameters:
  ///   - values: [from·from, width], row by row.
  ///   - from: rows and columns of the grid.
  ///   - to: those wanted.
  /// - Returns: [to·to, width].
  public func resize(_ values: [Float], from: Int, to: Int, width: Int) -> [Float] {
    guard from != to else { return values }
    let taps = (0..<to).map { sum(at: $0, from: from, to: to) }
    // Across, then down; both in double precision, since bicubic weights partly cancel.
    var across = [Double](repeating: 0, count: from * to * width)
    for row in 0..<from {
      for (column, taps) in taps.enumerated() {
        for tap in taps {
          let (source, target) = ((row * from + tap.index) * width, (row * to + column) * width)
          for channel in 0..<width { across[target + channel] += tap.weight * Double(values[source + channel]) }
        }
      }
    }
    var result = [Double](repeating: 0, count: to * to * width)
    for (row, taps) in taps.enumerated() {
      for tap in taps {
        let (source, target) = (tap.index * to * width, row * to * width)
        for place in 0..<(to * width) { result[target + place] += tap.weight * across[source + place] }
      }
    }
    return result.map(Float.init)
  }

  /// The resize of one axis, [to, from].
  func matrix(from: Int, to: Int) -> [Double] {
    var matrix = [Double](repeating: 0, count: to * from)
    for index in 0..<to {
      for tap in sum(at: index, from: from, to: to) { matrix[index * from + tap.index] += tap.weight }
    }
    return matrix
  }

  private typealias Tap = (index: Int, weight: Double)

  /// What an element of the new axis is made of.
  private func sum(at index: Int, from: Int, to: Int) -> [Tap] {
    switch self {
    case .official:
      let position = to > 1 ? Double(index) * Double(from - 1) / Double(to - 1) : 0
      return Self.linear(position, count: from)
    case .timmNpz:
      return Self.linear(max(0, (Double(index) + 0.5) * Double(from) / Double(to) - 0.5), count: from)
    case .timm: return Self.cubic(index, from: from, to: to)
    }
  }

  private static func linear(_ position: Double, count: Int) -> [Tap] {
    let first = min(Int(position), count - 1)
    let share = position - Double(first)
    guard first + 1 < count, share > 0 else { return [(first, 1)] }
    return [(first, 1 - share), (first + 1, share)]
  }

  /// Keys' kernel, stretched where the axis shrinks, cut at the borders and brought back to a sum of 1.
  private static func cubic(_ index: Int, from: Int, to: Int) -> [Tap] {
    let scale = Double(from) / Double(to)
    let stretch = max(scale, 1)
    let center = (Double(index) + 0.5) * scale
    let low = max(0, Int(center - 2 * stretch + 0.5)), high = min(from, Int(center + 2 * stretch + 0.5))
    let weights = (low..<max(low, high)).map { kernel((Double($0) - center + 0.5) / stretch) }
    let sum = weights.reduce(0, +)
    return weights.enumerated().map { (low + $0.offset, $0.element / sum) }
  }

  private static func kernel(_ x: Double) -> Double {
    let (a, t) = (-0.5, abs(x))
    if t < 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
    return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0
  }
}
