import Glibc
import ZooArchive
import ZooJSON

/// What `install` notes beside a plugin's file: its digest, so that a file which changed since is named.
struct InstallRecord {
  let digest: String
  let source: String

  static func path(of file: String) -> String { file + ".json" }

  init(digest: String, source: String) { (self.digest, self.source) = (digest, source) }

  /// Nil for a file that was not installed.
  init?(of file: String) throws(HostError) {
    guard access(Self.path(of: file), F_OK) == 0 else { return nil }
    guard let stream = fopen(Self.path(of: file), "r") else { throw .file(file, .badRecord("it cannot be read")) }
    defer { fclose(stream) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = fread(buffer.baseAddress, 1, buffer.count, stream)
    }
    do {
      let json = try JSONParser.parse(String(decoding: bytes, as: UTF8.self))
      (digest, source) = (try json.string("sha256"), try json.string("source"))
    } catch { throw .file(file, .badRecord("\(error)")) }
  }

  var text: String { JSON.object([("sha256", .string(digest)), ("source", .string(source))]).description + "\n" }

  /// - Throws: `HostError` where the file is not the one that was installed.
  static func verify(_ file: String) throws(HostError) {
    guard let record = try InstallRecord(of: file) else { return }
    guard let digest = try? Digest.sha256(file: file) else { throw .file(file, .missing) }
    guard digest == record.digest else { throw .file(file, .changed(digest, recorded: record.digest)) }
  }
}
