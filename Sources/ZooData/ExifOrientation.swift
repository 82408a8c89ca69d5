/// Bytes that may be cut off anywhere: a read past the end is nil.
private struct Bytes {
  let raw: UnsafeRawBufferPointer
  var bigEndian = true

  func byte(_ at: Int) -> Int? { at >= 0 && at < raw.count ? Int(raw[at]) : nil }

  func integer(_ at: Int, bytes: Int) -> Int? {
    guard at >= 0, at <= raw.count - bytes else { return nil }
    var value = 0
    for i in 0..<bytes { value = value << 8 | Int(raw[at + (bigEndian ? i : bytes - 1 - i)]) }
    return value
  }

  func part(_ start: Int, _ count: Int) -> Bytes? {
    guard start >= 0, count >= 0, start <= raw.count, count <= raw.count - start else { return nil }
    return Bytes(raw: UnsafeRawBufferPointer(rebasing: raw[start..<start + count]))
  }
}

/// The EXIF orientation (1...8) of an image file; 1 when there is none or when it makes no sense, because
/// a damaged note about an image is no reason to refuse the image.
func exifOrientation(_ raw: UnsafeRawBufferPointer, format: ImageFormat) -> Int {
  let file = Bytes(raw: raw)
  let tiff =
    switch format {
    case .jpeg: jpegExif(file)
    case .png: pngExif(file)
    case .webp: webpExif(file)
    }
  guard let tiff, let value = tiffOrientation(tiff), (1...8).contains(value) else { return 1 }
  return value
}

/// The TIFF structure inside the first APP1 segment that begins with "Exif\0\0".
private func jpegExif(_ file: Bytes) -> Bytes? {
  var at = 2
  while file.byte(at) == 0xFF, let marker = file.byte(at + 1) {
    if marker == 0xFF {  // a fill byte
      at += 1
      continue
    }
    // Start of scan or end of image: no more headers.
    guard marker != 0xDA, marker != 0xD9, let length = file.integer(at + 2, bytes: 2), length >= 2
    else { return nil }
    if marker == 0xE1, let segment = file.part(at + 4, length - 2),
      segment.raw.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0])
    {
      return segment.part(6, segment.raw.count - 6)
    }
    at += 2 + length
  }
  return nil
}

/// The contents of the first eXIf chunk.
private func pngExif(_ file: Bytes) -> Bytes? {
  var at = 8
  while let length = file.integer(at, bytes: 4), let kind = file.integer(at + 4, bytes: 4) {
    if kind == 0x6558_4966 { return file.part(at + 8, length) }
    at += 12 + length
  }
  return nil
}

/// The contents of the first EXIF chunk, which some begin as a JPEG segment does.
private func webpExif(_ file: Bytes) -> Bytes? {
  var file = file
  file.bigEndian = false
  var at = 12
  while let kind = file.integer(at, bytes: 4), let length = file.integer(at + 4, bytes: 4) {
    if kind == 0x4649_5845 {
      guard let chunk = file.part(at + 8, length) else { return nil }
      let isSegment = chunk.raw.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0])
      return isSegment ? chunk.part(6, length - 6) : chunk
    }
    at += 8 + length + length % 2
  }
  return nil
}

/// Tag 0x0112 of the first directory.
private func tiffOrientation(_ tiff: Bytes) -> Int? {
  var tiff = tiff
  switch tiff.integer(0, bytes: 2) {
  case 0x4949: tiff.bigEndian = false
  case 0x4D4D: tiff.bigEndian = true
  default: return nil
  }
  guard tiff.integer(2, bytes: 2) == 42, let directory = tiff.integer(4, bytes: 4),
    let entries = tiff.integer(directory, bytes: 2)
  else { return nil }
  for entry in 0..<entries {
    let at = directory + 2 + 12 * entry
    guard let tag = tiff.integer(at, bytes: 2) else { return nil }
    if tag == 0x0112 { return tiff.integer(at + 8, bytes: 2) }
  }
  return nil
}
