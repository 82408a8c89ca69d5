import Glibc

/// A file without a name: the system removes it with the process, however that ends.
final class NamelessFile: Sendable {
  private let descriptor: Int32
  private let folder: String
  private let what: String

  /// - Parameters:
  ///   - folder: on whose file system it lies.
  ///   - what: it holds, for errors.
  init(in folder: String, for what: String) throws {
    let path = "\(folder)/.zoo-\(getpid())-\(UInt64.random(in: .min ... .max))"
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    (self.folder, self.what) = (folder, what)
    guard descriptor >= 0 else { throw failure("no file can be made in it for \(what)") }
    unlink(path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// At the end of what was written before.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure("\(what) cannot be written into it") }
      rest = rest.dropFirst(written)
    }
  }

  /// Safe from several threads at once.
  func read(_ target: UnsafeMutableRawBufferPointer, at place: Int) throws {
    var done = 0
    while done < target.count {
      let part = UnsafeMutableRawBufferPointer(rebasing: target[done...])
      let got = pread(descriptor, part.baseAddress, part.count, place + done)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw failure("\(what) cannot be read back from it") }
      done += got
    }
  }

  private func failure(_ text: String) -> TrainError {
    .input(file: folder, "\(text) (\(String(cString: strerror(errno))))")
  }
}
