import Glibc
import ZooData

/// Features of every example of a data set: in memory, or where that is too much in a file without a name, which the
/// system removes with the process however it ends.
final class FeatureStore: ExampleFeatures {
  private enum Place {
    case memory([Float])
    case file(Int32)
  }

  let valueCount: Int
  private let place: Place
  private let isMissing: [Bool]

  /// - Parameters:
  ///   - folder: for the file.
  ///   - mostInMemory: numbers that need no file.
  ///   - fill: called once; hands over the rows of examples 0, 1, …, and whether each is missing.
  init(
    count: Int, valueCount: Int, folder: String, mostInMemory: Int,
    _ fill: (_ add: (_ rows: [Float], _ isMissing: [Bool]) throws -> Void) throws -> Void
  ) throws {
    self.valueCount = valueCount
    var missing: [Bool] = []
    missing.reserveCapacity(count)
    let (all, overflow) = count.multipliedReportingOverflow(by: valueCount)
    if overflow || all > mostInMemory {
      let descriptor = try Self.file(in: folder)
      do {
        try fill { rows, flags in
          try Self.write(rows, to: descriptor, folder)
          missing += flags
        }
      } catch {
        close(descriptor)
        throw error
      }
      place = .file(descriptor)
    } else {
      var values: [Float] = []
      values.reserveCapacity(overflow ? 0 : all)
      try fill { rows, flags in
        values += rows
        missing += flags
      }
      place = .memory(values)
    }
    isMissing = missing
  }

  deinit { if case .file(let descriptor) = place { close(descriptor) } }

  func read(_ index: Int, into target: UnsafeMutableBufferPointer<Float>) throws -> Bool {
    guard !isMissing[index] else { return false }
    switch place {
    case .memory(let values):
      _ = target.initialize(fromContentsOf: values[(index * valueCount)..<((index + 1) * valueCount)])
    case .file(let descriptor):
      let bytes = UnsafeMutableRawBufferPointer(target)
      var done = 0
      while done < bytes.count {
        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
        let got = pread(descriptor, part.baseAddress, part.count, index * valueCount * 4 + done)
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { throw Self.failure("features", "cannot be read") }
        done += got
      }
    }
    return true
  }

  private static func file(in folder: String) throws -> Int32 {
    let path = "\(folder)/.features-\(getpid())-\(UInt64.random(in: .min ... .max))"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(folder, "no file can be made in it for features") }
    unlink(path)
    return descriptor
  }

  private static func write(_ rows: [Float], to descriptor: Int32, _ folder: String) throws {
    try rows.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let part = UnsafeRawBufferPointer(rebasing: bytes[done...])
        let written = Glibc.write(descriptor, part.baseAddress, part.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw failure(folder, "features cannot be written into it") }
        done += written
      }
    }
  }

  private static func failure(_ path: String, _ text: String) -> TrainError {
    .input(file: path, "\(text) (\(String(cString: strerror(errno))))")
  }
}
