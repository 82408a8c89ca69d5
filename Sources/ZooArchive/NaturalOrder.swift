/// Orders names as people do: runs of digits compare as numbers, so `vit-b8` precedes `vit-b16`.
public func naturallyPrecedes(_ a: String, _ b: String) -> Bool {
  var x = Substring(a).utf8
  var y = Substring(b).utf8
  while let p = x.first, let q = y.first {
    if isDigit(p), isDigit(q) {
      let m = takeNumber(&x)
      let n = takeNumber(&y)
      if m.count != n.count { return m.count < n.count }
      if m != n { return m.lexicographicallyPrecedes(n) }
    } else {
      if p != q { return p < q }
      x.removeFirst()
      y.removeFirst()
    }
  }
  if x.isEmpty != y.isEmpty { return x.isEmpty }
  return bytesPrecede(a, b)
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

/// Takes a run of digits, without its leading zeros.
private func takeNumber(_ text: inout Substring.UTF8View) -> [UInt8] {
  var digits: [UInt8] = []
  while let byte = text.first, isDigit(byte) {
    if byte != 0x30 || !digits.isEmpty { digits.append(byte) }
    text.removeFirst()
  }
  return digits
}
