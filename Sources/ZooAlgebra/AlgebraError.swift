import ZooEngine

/// Why a matrix cannot be computed.
public enum AlgebraError: Error, Sendable, Equatable, CustomStringConvertible {
  /// OpenBLAS or its LAPACK is absent; the text says what brings it.
  case unavailable(String)
  /// Operands whose sizes do not belong together.
  case shape(String)
  /// A system that is not positive definite, or an iteration that does not converge.
  case numerical(String)
  case memory

  public var description: String {
    switch self {
    case .unavailable(let text): text
    case .shape(let text): "matrices that do not fit: \(text)"
    case .numerical(let text): text
    case .memory: "cannot allocate a matrix's work space"
    }
  }
}
