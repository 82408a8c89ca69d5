/// How a parameter's first values are drawn. Fan-in and fan-out of weights [out, in, height, width] count the
/// window.
public enum Initial: Sendable {
  case zeros
  case ones
  case constant(Double)
  /// Normal with mean 0.
  case normal(deviation: Double)
  /// Normal cut at two deviations.
  case truncatedNormal(deviation: Double)
  /// Uniform in ±bound.
  case uniform(bound: Double)
  /// Uniform in ±sqrt(6 / (fan-in + fan-out)).
  case xavierUniform
  /// Normal with deviation sqrt(1 / fan-in).
  case lecunNormal
  /// Normal with deviation sqrt(2 / fan-in).
  case heNormal

  var text: String {
    switch self {
    case .zeros: "zeros"
    case .ones: "ones"
    case .constant(let value): "constant(\(value))"
    case .normal(let deviation): "normal(\(deviation))"
    case .truncatedNormal(let deviation): "truncated-normal(\(deviation))"
    case .uniform(let bound): "uniform(\(bound))"
    case .xavierUniform: "xavier-uniform"
    case .lecunNormal: "lecun-normal"
    case .heNormal: "he-normal"
    }
  }
}
