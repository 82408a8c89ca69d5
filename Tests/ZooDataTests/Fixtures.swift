import FoundationEssentials
import ZooData

/// The image fixtures of the repository.
enum Fixtures {
  static var images: String {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return here.appendingPathComponent("Fixtures/images").path
  }

  static func path(_ name: String) -> String { "\(images)/\(name)" }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// A file of the corpora of `zoo-fuzz`.
  static func fuzz(_ name: String) throws -> [UInt8] { try bytes("../fuzz/" + name) }

  static func image(_ name: String) throws -> Image { try Image.decode(path: path(name)) }

  /// A reference of uint8 [height, width, 3] in npy form, its header read just far enough.
  static func reference(_ name: String) throws -> (height: Int, width: Int, pixels: [UInt8]) {
    let file = try bytes(name)
    let start = 10 + Int(file[8]) + Int(file[9]) << 8
    let header = String(decoding: file[10..<start], as: UTF8.self)
    let shape = header.split(separator: "(")[1].split(separator: ")")[0]
    let sizes = shape.split(separator: ",").compactMap { Int($0.filter(\.isNumber)) }
    return (sizes[0], sizes[1], Array(file[start...]))
  }
}

/// A folder that is gone when its last user is.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("zoo-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func add(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func addFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: "\(path)/\(name)", withIntermediateDirectories: true)
  }
}

/// The text of the error that `body` throws, or "no error".
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

/// An image whose pixels tell where they come from.
func gradient(height: Int, width: Int) throws -> Image {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width { pixels += [UInt8(y % 256), UInt8(x % 256), UInt8((x * 7 + y * 13) % 256)] }
  }
  return try Image(width: width, height: height, pixels: pixels)
}
