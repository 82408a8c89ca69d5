import Glibc
import ZooMutation

extension Reader {
  /// Readers that do what none may, so that a test can show that it would be found.
  static let probeSeed: [UInt8] = [1, 2, 3, 4]

  static let probes: [Reader] = [
    Reader(name: "probe-trap", format: PlainBytes()) { input in
      // Past the first case, so that the number reported is of interest.
      if input.bytes != probeSeed { raise(SIGILL) }
    },
    Reader(name: "probe-hang", format: PlainBytes()) { input in
      // A call, or the compiler would take the loop out.
      while input.bytes != probeSeed { _ = getppid() }
    },
    Reader(name: "probe-memory", format: PlainBytes()) { input in
      if input.bytes != probeSeed { _ = [UInt8](repeating: 1, count: 1 << 30).count }
    },
    Reader(name: "probe-error", format: PlainBytes()) { input in
      if input.bytes != probeSeed { throw SystemError("read", "x") }
    },
  ]
}
