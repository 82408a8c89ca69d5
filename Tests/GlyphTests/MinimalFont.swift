/// A TrueType font of a few bytes: characters of straight and curved outlines, and only the tables that a reader needs
/// ("TrueType Reference Manual", Apple; all numbers are big-endian).
struct MinimalFont {
  /// A point on the outline, or the control point of a curve between two.
  struct Node {
    let x: Int
    let y: Int
    var isOn = true
  }

  /// In the order of their codes.
  var glyphs: [(character: Unicode.Scalar, contours: [[Node]])]

  static func polygon(_ numbers: [Int]) -> [Node] {
    stride(from: 0, to: numbers.count, by: 2).map { Node(x: numbers[$0], y: numbers[$0 + 1]) }
  }

  /// A closed curve through the middles of the polygon's sides, with its corners as control points.
  static func round(_ numbers: [Int]) -> [Node] {
    polygon(numbers).map { Node(x: $0.x, y: $0.y, isOn: false) }
  }

  /// 0, a ring; 7; and L.
  static let plain = MinimalFont(glyphs: [
    ("0", [round([0, 0, 0, 1000, 600, 1000, 600, 0]), round([150, 150, 450, 150, 450, 850, 150, 850])]),
    ("7", [polygon([0, 1000, 600, 1000, 600, 850, 300, 0, 150, 0, 430, 860, 0, 860])]),
    ("L", [polygon([0, 1000, 150, 1000, 150, 150, 600, 150, 600, 0, 0, 0])]),
  ])

  var bytes: [UInt8] {
    var shapes: [UInt8] = []
    // Glyph 0 stands for what is missing, and is empty.
    var places = [0, 0]
    for glyph in glyphs {
      shapes += Self.shape(glyph.contours)
      places.append(shapes.count)
    }
    let count = glyphs.count + 1
    let tables: [(String, [UInt8])] = [
      ("cmap", characterMap),
      ("glyf", shapes),
      (
        "head",
        long(0x10000) + long(0x10000) + long(0) + long(0x5F0F_3CF5) + [0, 0] + short(1000)
          + [UInt8](repeating: 0, count: 16) + short(0) + short(0) + short(1000) + short(1000) + short(0) + short(8)
          + short(2) + short(1) + short(0)
      ),
      (
        "hhea",
        long(0x10000) + short(1000) + short(0) + short(0) + short(700) + [UInt8](repeating: 0, count: 22) + short(count)
      ),
      ("hmtx", (0..<count).flatMap { _ in short(700) + short(0) }),
      ("loca", places.flatMap(long)),
      (
        "maxp",
        long(0x10000) + short(count) + short(64) + short(8) + short(0) + short(0) + short(2)
          + [UInt8](repeating: 0, count: 16)
      ),
    ]
    var directory = long(0x10000) + short(tables.count) + short(64) + short(2) + short(tables.count * 16 - 64)
    var body: [UInt8] = []
    for (name, table) in tables {
      directory += Array(name.utf8) + long(0) + long(12 + 16 * tables.count + body.count) + long(table.count)
      body += table
      body += [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
    }
    return directory + body
  }

  /// Format 4: a segment for each character, and the one that ends it.
  private var characterMap: [UInt8] {
    let codes = glyphs.map { Int($0.character.value) } + [0xFFFF]
    let power = (0...).first { 2 << $0 > codes.count } ?? 0
    var map = short(codes.count * 2) + short(2 << power) + short(power) + short(codes.count * 2 - (2 << power))
    map += codes.flatMap(short) + short(0) + codes.flatMap(short)
    map += codes.enumerated().flatMap { $1 == 0xFFFF ? short(1) : short($0 + 1 - $1) }
    map += codes.flatMap { _ in short(0) }
    return short(0) + short(1) + short(3) + short(1) + long(12) + short(4) + short(map.count + 6) + short(0) + map
  }

  private static func shape(_ contours: [[Node]]) -> [UInt8] {
    let nodes = contours.flatMap { $0 }
    var shape = short(contours.count) + short(0) + short(0) + short(1000) + short(1000)
    var end = -1
    for contour in contours {
      end += contour.count
      shape += short(end)
    }
    shape += short(0) + nodes.map { $0.isOn ? 1 : 0 }
    for axis in [nodes.map(\.x), nodes.map(\.y)] {
      shape += zip(axis, [0] + axis).flatMap { short($0 - $1) }
    }
    return shape + [UInt8](repeating: 0, count: (4 - shape.count % 4) % 4)
  }
}

private func short(_ value: Int) -> [UInt8] {
  [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
}

private func long(_ value: Int) -> [UInt8] { short(value >> 16) + short(value) }
