/// One header block of a tar file, its checksum right unless told otherwise.
struct TarBlock {
  var name = "a.txt"
  var size = 0
  var kind: UInt8 = UInt8(ascii: "0")
  var magic = "ustar\u{0}00"
  var link = ""
  var sizeText: String?
  var checksumOff = 0

  var bytes: [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ offset: Int) {
      for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    put(name, 0)
    put("000644 \u{0}", 100)
    put("000000 \u{0}", 108)
    put("000000 \u{0}", 116)
    put(sizeText ?? octal(size, 11) + " ", 124)
    put("00000000000 ", 136)
    block[156] = kind
    put(link, 157)
    put(magic, 257)
    put("        ", 148)
    let sum = block.reduce(0) { $0 + Int($1) } + checksumOff
    put(octal(sum, 6) + "\u{0} ", 148)
    return block
  }

  private func octal(_ value: Int, _ width: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

/// A header and its data, padded.
func tarMember(_ block: TarBlock, _ data: [UInt8] = []) -> [UInt8] {
  block.bytes + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
}

func tarMember(_ name: String, _ data: [UInt8] = []) -> [UInt8] {
  tarMember(TarBlock(name: name, size: data.count), data)
}

let tarEnd = [UInt8](repeating: 0, count: 1024)
