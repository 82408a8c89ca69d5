import CZooKernels
import ZooEngine

/// Linear algebra through OpenBLAS and its LAPACK: products by all threads, decompositions by one.
public struct Algebra: Sendable {
  public let work: ParallelWork

  /// - Parameter threads: at most this many; nil for all that the process may use.
  /// - Throws: where OpenBLAS is not installed.
  public init(threads: Int? = nil) throws(AlgebraError) {
    do { work = try ParallelWork(threads: threads) } catch { throw .unavailable("\(error)") }
    let core = work.openBLASCore
    var text = [CChar](repeating: 0, count: 256)
    let status = work.alone { zoo_blas_open(core, &text, text.count) }
    guard status == 0 else {
      throw .unavailable(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
  }

  /// Words LAPACK's answer; `failure` says what a positive one means.
  func check(_ status: Int64, _ failure: (Int64) -> String) throws(AlgebraError) {
    switch Int(status) {
    case 0: return
    case Int(ZOO_LAPACK_ABSENT): throw .unavailable("the OpenBLAS that is installed has no LAPACK")
    case Int(ZOO_LAPACK_MEMORY): throw .memory
    case Int(ZOO_LAPACK_SIZE): throw .shape("larger than LAPACK's 32-bit integers")
    default: throw .numerical(failure(status))
    }
  }
}
