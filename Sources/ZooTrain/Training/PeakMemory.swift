import Glibc

/// The most memory that this process has had at once (its resident set), in bytes; nil where the kernel does not tell.
public func peakMemory() -> Int? {
  guard let file = fopen("/proc/self/status", "r") else { return nil }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, Int32(line.count), file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard text.hasPrefix("VmHWM:") else { continue }
    return text.split(whereSeparator: { " \t\n".contains($0) }).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
  return nil
}

/// Lets `peakMemory` begin anew with what the process holds now, where the kernel allows it.
public func resetPeakMemory() {
  guard let file = fopen("/proc/self/clear_refs", "w") else { return }
  fputs("5", file)
  fclose(file)
}
