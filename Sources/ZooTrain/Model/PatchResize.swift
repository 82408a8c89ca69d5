/// A patch embedding's kernel at another patch size: the one whose products with resized patches come nearest to what
/// the kernel gives for the patches themselves, w' = pinv(Bᵀ)·w with B the bicubic, antialiased resize of a patch
/// (Beyer et al. 2023, FlexiViT, eq. 3; timm's `resample_patch_embed`).
///
/// B acts on rows and columns alone, so that its pseudo-inverse is that of one axis, applied twice.
public struct PatchResize: Sendable {
  public let from: Int
  public let to: Int
  /// pinv of the transposed resize of one axis, [to, from].
  private let axis: [Double]

  /// - Returns: nil where the resize has no pseudo-inverse that can be computed.
  public init?(from: Int, to: Int) {
    guard from > 0, to > 0, let axis = Self.pseudoInverse(from: from, to: to) else { return nil }
    (self.from, self.to, self.axis) = (from, to, axis)
  }

  /// For kernels [out, in, size, size] that differ in size alone; nil for all others.
  init?(from source: [Int], to parameter: [Int]) {
    guard source.count == 4, parameter.count == 4, source[..<2] == parameter[..<2], source[2] == source[3],
      parameter[2] == parameter[3], source[2] != parameter[2]
    else { return nil }
    self.init(from: source[2], to: parameter[2])
  }

  /// - Parameter values: any number of from × from kernels, one after another.
  public func resize(_ values: [Float]) -> [Float] {
    let (old, new) = (from * from, to * to)
    var result: [Float] = []
    result.reserveCapacity(values.count / old * new)
    var across = [Double](repeating: 0, count: from * to)
    for kernel in stride(from: 0, to: values.count - values.count % old, by: old) {
      for row in 0..<from {
        for column in 0..<to {
          across[row * to + column] = (0..<from).reduce(0) {
            $0 + axis[column * from + $1] * Double(values[kernel + row * from + $1])
          }
        }
      }
      for row in 0..<to {
        for column in 0..<to {
          result.append(Float((0..<from).reduce(0) { $0 + axis[row * from + $1] * across[$1 * to + column] }))
        }
      }
    }
    return result
  }

  /// For B [to, from]: B·(BᵀB)⁻¹ where the patch grows, (B·Bᵀ)⁻¹·B where it shrinks.
  private static func pseudoInverse(from: Int, to: Int) -> [Double]? {
    let resize = PositionResize.timm.matrix(from: from, to: to)
    if to >= from {
      var gram = [Double](repeating: 0, count: from * from)
      for i in 0..<from {
        for j in 0..<from {
          gram[i * from + j] = (0..<to).reduce(0) { $0 + resize[$1 * from + i] * resize[$1 * from + j] }
        }
      }
      // BᵀB is symmetric, so its solutions for Bᵀ are the transpose of what is wanted.
      let transposed = (0..<from).flatMap { i in (0..<to).map { resize[$0 * from + i] } }
      return solve(gram, transposed, size: from, columns: to).map { solved in
        (0..<to).flatMap { row in (0..<from).map { solved[$0 * to + row] } }
      }
    }
    var gram = [Double](repeating: 0, count: to * to)
    for i in 0..<to {
      for j in 0..<to {
        gram[i * to + j] = (0..<from).reduce(0) { $0 + resize[i * from + $1] * resize[j * from + $1] }
      }
    }
    return solve(gram, resize, size: to, columns: from)
  }

  /// X of A·X = B by elimination with the largest pivot; nil for an A without inverse.
  private static func solve(_ a: [Double], _ b: [Double], size: Int, columns: Int) -> [Double]? {
    var (a, b) = (a, b)
    for step in 0..<size {
      guard let pivot = (step..<size).max(by: { abs(a[$0 * size + step]) < abs(a[$1 * size + step]) }),
        abs(a[pivot * size + step]) > 1e-12
      else { return nil }
      for column in 0..<size { a.swapAt(step * size + column, pivot * size + column) }
      for column in 0..<columns { b.swapAt(step * columns + column, pivot * columns + column) }
      for row in 0..<size where row != step {
        let factor = a[row * size + step] / a[step * size + step]
        guard factor != 0 else { continue }
        for column in step..<size { a[row * size + column] -= factor * a[step * size + column] }
        for column in 0..<columns { b[row * columns + column] -= factor * b[step * columns + column] }
      }
    }
    for row in 0..<size {
      for column in 0..<columns { b[row * columns + column] /= a[row * size + row] }
    }
    return b
  }
}
