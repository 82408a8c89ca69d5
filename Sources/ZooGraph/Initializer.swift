/// How a parameter's first values are drawn. Fan-in and fan-out of a convolution's OIHW weights count the window.
public enum Initializer: Sendable, Hashable {
  case zeros
  case ones
  case constant(Double)
  /// Normal with mean 0.
  case normal(deviation: Double)
  /// Normal cut at two deviations.
  case truncatedNormal(deviation: Double)
  case uniform(bound: Double)
  /// Uniform in ±sqrt(6 / (fan-in + fan-out)) (Glorot & Bengio 2010).
  case xavierUniform
  /// Normal with deviation sqrt(1 / fan-in) (LeCun 1998).
  case lecunNormal
  /// Normal with deviation sqrt(2 / fan-in) (He et al. 2015).
  case heNormal

  /// From text such as `zeros`, `constant(-10)`, `normal(0.02)`, `xavier-uniform`; nil if it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "(", maxSplits: 1)
    let argument = parts.count == 2 && parts[1].hasSuffix(")") ? Double(parts[1].dropLast()) : nil
    if parts.count == 2, argument == nil || argument?.isFinite != true { return nil }
    switch (parts.first ?? "", argument) {
    case ("zeros", nil): self = .zeros
    case ("ones", nil): self = .ones
    case ("constant", let value?): self = .constant(value)
    case ("normal", let value?): self = .normal(deviation: value)
    case ("truncated-normal", let value?): self = .truncatedNormal(deviation: value)
    case ("uniform", let value?): self = .uniform(bound: value)
    case ("xavier-uniform", nil): self = .xavierUniform
    case ("lecun-normal", nil): self = .lecunNormal
    case ("he-normal", nil): self = .heNormal
    default: return nil
    }
  }

  /// The texts that `init(_:)` reads, for messages.
  public static let forms =
    "zeros, ones, constant(x), normal(x), truncated-normal(x), uniform(x), xavier-uniform, lecun-normal, he-normal"

  /// Fan-in and fan-out of weights [out, in, window…]; of a vector, its length.
  public static func fans(_ shape: [Int]) -> (in: Int, out: Int) {
    guard shape.count >= 2 else { return (shape.first ?? 1, shape.first ?? 1) }
    let window = shape.dropFirst(2).reduce(1, *)
    return (shape[1] * window, shape[0] * window)
  }
}
