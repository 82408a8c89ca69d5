import Glibc
import ZooMutation

extension Reader {
  /// Readers that do what none may, so that a test can show that it would be found.
  static let probes: [Reader] = [
    Reader(name: "probe-trap", format: PlainBytes()) { input in
      // Past the first case, so that the number reported is of interest.
      if input.bytes.count > 3 { raise(SIGILL) }
    },
    Reader(name: "probe-hang", format: PlainBytes()) { input in
      while input.bytes.count > 3 {}
    },
    Reader(name: "probe-memory", format: PlainBytes()) { input in
      if input.bytes.count > 3 { _ = [UInt8](repeating: 1, count: 1 << 30).count }
    },
    Reader(name: "probe-error", format: PlainBytes()) { input in
      if input.bytes.count > 3 { throw SystemError("read", "x") }
    },
  ]
}
