import Glibc

/// A call into a plugin, for whoever has to say where a process died.
struct CallSite: Sendable {
  let file: String
  /// `head 'linear'`; nil while the plugin registers.
  let component: String?
  let call: String

  var description: String {
    let name = file.lastIndex(of: "/").map { String(file[file.index(after: $0)...]) } ?? file
    return "plugin \(name)" + (component.map { ", \($0)" } ?? "") + ", \(call)"
  }
}

/// The calls in progress, in memory that a signal handler may read: one place for each call, marked with its thread.
///
/// The handler runs on the thread that crashed, so it sees that thread's writes; `mutex` keeps threads from taking the
/// same place.
struct CrashRecord: @unchecked Sendable {
  static let shared = CrashRecord()

  private static let places = 64
  private static let size = 512
  /// Thread, order, length of the text.
  private static let header = 24
  private let memory = UnsafeMutableRawPointer.allocate(byteCount: places * size, alignment: 16)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  private init() {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.places * Self.size)
    pthread_mutex_init(mutex, nil)
  }

  /// Runs a call with its name in the record; without it where all places are taken.
  func during<Result>(_ site: CallSite, _ body: () -> Result) -> Result {
    guard let place = take() else { return body() }
    var text = site.description
    let length = text.withUTF8 { bytes in
      let length = min(bytes.count, Self.size - Self.header)
      if let start = bytes.baseAddress { (place + Self.header).copyMemory(from: start, byteCount: length) }
      return length
    }
    place.storeBytes(of: Int32(length), toByteOffset: 16, as: Int32.self)
    defer { release(place) }
    return body()
  }

  private func take() -> UnsafeMutableRawPointer? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    var newest: UInt64 = 0
    var free: UnsafeMutableRawPointer?
    for index in 0..<Self.places {
      let place = memory + index * Self.size
      newest = max(newest, place.load(fromByteOffset: 8, as: UInt64.self))
      if free == nil, place.load(as: UInt64.self) == 0 { free = place }
    }
    free?.storeBytes(of: 0, toByteOffset: 16, as: Int32.self)
    free?.storeBytes(of: newest &+ 1, toByteOffset: 8, as: UInt64.self)
    free?.storeBytes(of: UInt64(pthread_self()), as: UInt64.self)
    return free
  }

  private func release(_ place: UnsafeMutableRawPointer) {
    pthread_mutex_lock(mutex)
    place.storeBytes(of: 0, as: UInt64.self)
    pthread_mutex_unlock(mutex)
  }

  /// The innermost call of this thread. Async-signal-safe: reads memory and asks for the thread's number.
  func current() -> UnsafeRawBufferPointer? {
    let thread = UInt64(pthread_self())
    var best: UnsafeMutableRawPointer?
    var newest: UInt64 = 0
    for index in 0..<Self.places {
      let place = memory + index * Self.size
      guard place.load(as: UInt64.self) == thread else { continue }
      let order = place.load(fromByteOffset: 8, as: UInt64.self)
      if order > newest { (best, newest) = (place, order) }
    }
    guard let best else { return nil }
    return UnsafeRawBufferPointer(
      start: best + Self.header, count: Int(best.load(fromByteOffset: 16, as: Int32.self)))
  }
}

/// Says which plugin's code was running when the process crashes.
public enum CrashReport {
  private static let signals = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT]

  /// Once, at the start of a program. A crash outside plugins says nothing, as before.
  public static func install() {
    _ = CrashRecord.shared
    // A stack of its own, so that one that ran over can still be reported.
    let size = 64 << 10
    var stack = stack_t()
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    stack.ss_size = size
    sigaltstack(&stack, nil)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = pluginCrashed
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_ONSTACK
    for signal in signals { sigaction(signal, &action, nil) }
  }

  /// As people call it.
  static func name(_ signal: Int32) -> StaticString {
    switch signal {
    case SIGSEGV: "Segmentation fault"
    case SIGBUS: "Bus error"
    case SIGILL: "Illegal instruction"
    case SIGFPE: "Arithmetic error"
    case SIGTRAP: "Trap"
    case SIGABRT: "Aborted"
    case SIGKILL: "Killed"
    default: "Signal"
    }
  }
}

/// Async-signal-safe: no allocation, nothing but `write`.
private func pluginCrashed(_ signal: Int32) {
  // The handler is for one time, so this one ends the process as if there had been none.
  defer { raise(signal) }
  guard let call = CrashRecord.shared.current() else { return }
  func say(_ text: StaticString) { _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount) }
  say("zoo: crashed inside ")
  _ = write(STDERR_FILENO, call.baseAddress, call.count)
  say(" (")
  say(CrashReport.name(signal))
  say(")\n")
}
