import CFreeType
import FoundationEssentials
import ZooArchive

/// The outlines of one font file, of which FreeType reads nothing but the designer's numbers: what is drawn from them
/// does not depend on its version, its hinting or its rasteriser.
struct FontFile: Sendable {
  let path: String
  /// SHA-256 of the file.
  let digest: String
  /// By the character; those that the font lacks are missing.
  let outlines: [String: Outline]

  /// - Throws: `GlyphsError.font` if the file cannot be read, or holds no font with outlines.
  init(_ path: String, characters: [String]) throws(GlyphsError) {
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw .font(path, reason: "cannot be read")
    }
    self.path = path
    digest = Digest.sha256(bytes)
    switch Self.read(bytes, characters) {
    case .success(let found): outlines = found
    case .failure(let mistake): throw .font(path, reason: mistake.reason)
    }
  }

  private struct Mistake: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    init(_ code: FT_Error) {
      // The codes are in <freetype/fterrdef.h>; a build of FreeType rarely has the texts. 64 is a want of memory.
      self.init(code == 64 ? "no memory for it" : "not a font, or a broken one (FreeType's error \(code))")
    }
  }

  private static func read(_ bytes: [UInt8], _ characters: [String]) -> Result<[String: Outline], Mistake> {
    var library: FT_Library?
    let started = FT_Init_FreeType(&library)
    guard started == 0 else { return .failure(Mistake(started)) }
    defer { FT_Done_FreeType(library) }
    // The face points into the bytes until it is closed.
    return bytes.withUnsafeBufferPointer { bytes in
      var opened: FT_Face?
      let code = FT_New_Memory_Face(library, bytes.baseAddress, FT_Long(bytes.count), 0, &opened)
      guard code == 0, let face = opened else { return .failure(Mistake(code)) }
      defer { FT_Done_Face(face) }
      guard face.pointee.face_flags & FT_Long(1 << 0) != 0 else { return .failure(Mistake("a font without outlines")) }
      guard FT_Select_Charmap(face, FT_ENCODING_UNICODE) == 0 else {
        return .failure(Mistake("a font that does not say which characters it has"))
      }
      var outlines: [String: Outline] = [:]
      for name in characters {
        guard let scalar = name.unicodeScalars.first else { continue }
        let glyph = FT_Get_Char_Index(face, FT_ULong(scalar.value))
        if glyph == 0 { continue }
        let loaded = FT_Load_Glyph(face, glyph, zoo_ft_load_designed)
        guard loaded == 0, let slot = face.pointee.glyph else { return .failure(Mistake(loaded)) }
        if slot.pointee.format != FT_GLYPH_FORMAT_OUTLINE { continue }
        guard let curves = OutlineReader.curves(&slot.pointee.outline) else {
          return .failure(Mistake("an outline of '\(name)' that is broken"))
        }
        outlines[name] = Outline(curves)
      }
      return .success(outlines)
    }
  }
}

/// What FreeType's walk along an outline is told to call.
private struct OutlineReader {
  private var contours: [[OutlineCurve]] = []
  private var last = Point(x: 0, y: 0)

  /// - Returns: nil if the outline is broken.
  static func curves(_ outline: inout FT_Outline) -> [[OutlineCurve]]? {
    var calls = FT_Outline_Funcs()
    calls.move_to = { to, reader in
      OutlineReader.with(reader) { $0.move(to) }
    }
    calls.line_to = { to, reader in
      OutlineReader.with(reader) { $0.draw([to]) }
    }
    calls.conic_to = { control, to, reader in
      OutlineReader.with(reader) { $0.draw([control, to]) }
    }
    calls.cubic_to = { first, second, to, reader in
      OutlineReader.with(reader) { $0.draw([first, second, to]) }
    }
    var reader = OutlineReader()
    let code = withUnsafeMutablePointer(to: &reader) { FT_Outline_Decompose(&outline, &calls, $0) }
    return code == 0 ? reader.contours : nil
  }

  private static func with(_ pointer: UnsafeMutableRawPointer?, _ body: (inout OutlineReader) -> Void) -> Int32 {
    guard let pointer else { return 1 }
    body(&pointer.assumingMemoryBound(to: OutlineReader.self).pointee)
    return 0
  }

  private mutating func move(_ to: UnsafePointer<FT_Vector>?) {
    guard let to else { return }
    contours.append([])
    last = Point(to.pointee)
  }

  private mutating func draw(_ points: [UnsafePointer<FT_Vector>?]) {
    if contours.isEmpty { contours.append([]) }
    let next = points.compactMap { $0.map { Point($0.pointee) } }
    contours[contours.count - 1].append(OutlineCurve(points: [last] + next))
    if let end = next.last { last = end }
  }
}

extension Point {
  fileprivate init(_ vector: FT_Vector) {
    self.init(x: Double(vector.x), y: Double(vector.y))
  }
}
