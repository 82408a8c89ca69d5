import Glibc
import ZooABI

/// A plugin's notes and warnings go to standard error, one line each; what it says for debugging is dropped.
func hostLog(_ ctx: UnsafeMutablePointer<zoo_ctx>, _ level: Int32, _ message: zoo_str) {
  guard level >= Int32(ZOO_LOG_NOTE) else { return }
  let text = String(message).split(whereSeparator: \.isNewline).joined(separator: " ")
  var line = (level >= Int32(ZOO_LOG_WARNING) ? "zoo: warning: " : "zoo: ") + text + "\n"
  line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
}
