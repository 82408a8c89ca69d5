import CZooKernels

/// Which library computes matrix products and convolutions.
public enum EngineChoice: String, Sendable, CaseIterable { case auto, onednn, openblas }

/// Threads, vector kernels and a matrix library, opened once and shared by all programs of a process.
public final class Engine: @unchecked Sendable {
  public let processor: Processor
  public let pool: ThreadPool
  /// "onednn" or "openblas".
  public var name: String { backend.name }
  public var version: String { backend.version }

  /// Threads to compute with.
  public var threads: Int { pool.workers }
  /// Whether results are the same to the bit for any number of threads.
  public let isDeterministic: Bool

  /// What products and convolutions multiply, in programs that do not say otherwise.
  public private(set) var precision = Precision.float32

  let backend: any Backend
  let kernels: zoo_kernels
  private let thread: ComputeThread

  /// - Parameters:
  ///   - choice: `auto` takes oneDNN where it is installed, else OpenBLAS.
  ///   - threads: at most this many; nil for all that the process may use.
  ///   - deterministic: whether results are to be the same to the bit for any number of threads, at a cost in speed. No
  ///     more than 32 threads have work then.
  /// - Throws: where a library cannot be opened, and for bf16 where there is no fast way to compute it.
  public init(
    _ choice: EngineChoice = .auto, threads: Int? = nil, precision: PrecisionChoice = .f32,
    deterministic: Bool = false
  ) throws(EngineError) {
    processor = Processor.detect()
    let threads = max(1, min(threads ?? processor.threads, 256))
    pool = ThreadPool(threads: threads, shares: deterministic ? FixedShares.count : nil)
    isDeterministic = deterministic
    kernels = zoo_kernels_for(zoo_isa_detect()).pointee
    thread = try ComputeThread.shared.get()
    let (processor, pool, kernels) = (processor, pool, kernels)
    let opened = thread.run { () -> Result<any Backend, EngineError> in
      let serial = deterministic ? ThreadPool(threads: 1) : pool
      return Self.open(choice, processor: processor, pool: serial, kernels: kernels)
    }
    let library = try opened.get()
    backend = deterministic ? FixedShares(of: library, pool: pool, kernels: kernels) : library
    self.precision = try resolve(precision)
  }

  private static func open(
    _ choice: EngineChoice, processor: Processor, pool: ThreadPool, kernels: zoo_kernels
  ) -> Result<any Backend, EngineError> {
    var reasons: [String] = []
    if choice != .openblas {
      do throws(EngineError) { return .success(try DNNLBackend(threads: pool.threads)) } catch {
        if choice == .onednn { return .failure(error) }
        reasons.append("\(error)")
      }
    }
    do throws(EngineError) {
      return .success(try BLASBackend(processor: processor, pool: pool, kernels: kernels))
    } catch {
      reasons.append("\(error)")
      return .failure(choice == .openblas ? error : .noEngine(reasons))
    }
  }

  /// Runs on the computing thread.
  func compute<Result>(_ body: () -> Result) -> Result { thread.run(body) }

  /// What a matrix library answers when opened, for `zoo doctor`: its version, or why it cannot be used.
  public static func probe(_ choice: EngineChoice) -> Result<String, EngineError> {
    do throws(EngineError) { return .success(try Engine(choice).version) } catch { return .failure(error) }
  }
}
