/// Many short texts in one block of memory: a few bytes each beside their own.
struct NameTable: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  var count: Int { ends.count }

  mutating func append(_ name: some StringProtocol) {
    bytes.append(contentsOf: name.utf8)
    ends.append(bytes.count)
  }

  subscript(_ index: Int) -> String {
    let start = index == 0 ? 0 : ends[index - 1]
    return String(decoding: bytes[start..<ends[index]], as: UTF8.self)
  }
}
