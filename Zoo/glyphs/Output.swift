import FoundationEssentials
import Glibc
import ZooArchive

/// The tensor set that the command writes: `x.npy`, `labels.npy`, `classes.txt`, and `fonts.txt` where there were fonts.
enum Output {
  /// - Throws: `GlyphsError` if the fonts cannot be used or the folder cannot be made, or what writing a file throws.
  static func write(_ arguments: Arguments) throws {
    let source = try arguments.source()
    var pixels: [UInt8] = []
    var labels: [Int64] = []
    let side = arguments.side.rawValue
    pixels.reserveCapacity(arguments.count * side * side)
    labels.reserveCapacity(arguments.count)
    for index in 0..<arguments.count {
      let glyph = source.glyph(of: arguments.classes, seed: arguments.seed, index: index)
      pixels.append(contentsOf: glyph.pixels(side: arguments.side))
      labels.append(Int64(glyph.label))
    }

    let folder = arguments.folder
    if mkdir(folder, 0o777) != 0, errno != EEXIST {
      throw GlyphsError.folder(folder, reason: String(cString: strerror(errno)))
    }
    let names = arguments.classes.map { $0.name + "\n" }.joined()
    // What another run left there must not speak for this one.
    unlink(folder + "/fonts.txt")
    if let shelf = source.shelf {
      try Data(shelf.text.utf8).write(to: URL(filePath: folder + "/fonts.txt"), options: .atomic)
    }
    try Data(names.utf8).write(to: URL(filePath: folder + "/classes.txt"), options: .atomic)
    try NpyArray.write(path: folder + "/labels.npy", int64s: labels, shape: [labels.count])
    try NpyArray.write(
      path: folder + "/x.npy", bytes: pixels, dtype: .u8, shape: [labels.count, side, side, 1])
  }
}
