import ZooABI

/// One call into a plugin: its answer, its error, and what it is allowed to do.
final class CallContext {
  var failure: String?
  var refusal = ""
  private(set) var answer = ""
  /// Components offered so far, in `zoo_plugin_main`.
  var staging: Staging?
  /// The graph under construction, in `build`.
  var session: BuildSession?

  /// `zoo_ctx` and behind it the way back to this object.
  private let cell: UnsafeMutableRawPointer
  private var lent: [UnsafeMutableBufferPointer<CChar>] = []
  private static let answerLimit = 64 << 20

  private let site: CallSite

  init(_ site: CallSite) {
    self.site = site
    cell = .allocate(byteCount: 16, alignment: 8)
    cell.storeBytes(of: HostTable.shared.pointer, as: UnsafePointer<zoo_host>.self)
    cell.storeBytes(
      of: Unmanaged.passUnretained(self).toOpaque(), toByteOffset: 8, as: UnsafeMutableRawPointer.self)
  }

  deinit {
    cell.deallocate()
    for text in lent { text.deallocate() }
  }

  static func of(_ ctx: UnsafeMutablePointer<zoo_ctx>) -> CallContext {
    let place = UnsafeRawPointer(ctx).load(fromByteOffset: 8, as: UnsafeRawPointer.self)
    return Unmanaged<CallContext>.fromOpaque(place).takeUnretainedValue()
  }

  /// Makes the call; nil when it went well, else why it failed.
  func call(_ body: (UnsafeMutablePointer<zoo_ctx>) -> zoo_status) -> String? {
    let status = withExtendedLifetime(self) {
      CrashRecord.shared.during(site) { body(cell.assumingMemoryBound(to: zoo_ctx.self)) }
    }
    guard status != 0 else { return nil }
    if let failure, !failure.isEmpty { return failure }
    return refusal.isEmpty ? HostError.silent(status) : refusal
  }

  func append(_ text: String) {
    guard answer.utf8.count + text.utf8.count <= Self.answerLimit else { return }
    answer += text
  }

  /// The last refusal as text that lives as long as the call.
  func lendRefusal() -> zoo_str {
    let bytes = refusal.utf8.map { CChar(bitPattern: $0) }
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    lent.append(copy)
    return zoo_str(ptr: copy.baseAddress.map { UnsafePointer($0) }, len: bytes.count)
  }
}
