import CZooKernels
import Testing
import ZooArchive
import ZooRetrieve

/// Every instruction set that this machine has, and threads that share the rows.
private let ways: [(instructions: Int32, threads: Int)] = [(ZOO_ISA_BASE, 1), (ZOO_ISA_AVX2, 2), (ZOO_ISA_AVX512, 3)]
  .map { (Int32($0.0), $0.1) }

@Suite("Exact search")
struct SearchTests {
  /// Numbers are small and whole, so that sums are exact and many scores tie: the lower row must come first.
  @Test(arguments: [1, 7, 16, 33, 64])
  func innerProductsAreThoseOfBruteForce(_ width: Int) throws {
    let folder = try Folder()
    var numbers = Numbers(UInt64(width))
    let values = numbers.floats(203 * width, upTo: 3)
    let rows = try folder.rows(values, dimensions: width)
    for count in [1, 3, 4, 17, 64, 65, 130] {
      let queries = numbers.floats(count * width, upTo: 3)
      let wanted = (0..<count).map { query in
        (0..<203).map { row in
          (0..<width).reduce(Float(0)) { $0 + values[row * width + $1] * queries[query * width + $1] }
        }
      }
      for (instructions, threads) in ways {
        let search = try ExactSearch(threads: threads, instructions: instructions)
        for k in [1, 10] {
          let found = try search.nearest(floats: queries, in: rows, k: k)
          #expect(found == wanted.map { bruteForce($0, k: k) }, "\(count) queries, k \(k), set \(instructions)")
        }
      }
    }
  }

  @Test(arguments: [1, 8, 13, 16, 32, 40, 64, 65])
  func hammingDistancesAreThoseOfBruteForce(_ bytes: Int) throws {
    let folder = try Folder()
    var numbers = Numbers(UInt64(bytes))
    let codes = numbers.bytes(603 * bytes)
    let rows = try folder.codes(codes, rowBytes: bytes)
    for count in [1, 2, 3, 40] {
      let queries = numbers.bytes(count * bytes)
      let wanted = (0..<count).map { query in
        (0..<603).map { row in
          -Float((0..<bytes).reduce(0) { $0 + (codes[row * bytes + $1] ^ queries[query * bytes + $1]).nonzeroBitCount })
        }
      }
      for (instructions, threads) in ways {
        let search = try ExactSearch(threads: threads, instructions: instructions)
        let found = try search.nearest(codes: queries, in: rows, k: 12)
        #expect(found == wanted.map { bruteForce($0, k: 12) }, "\(count) queries, set \(instructions)")
        let limit = 4 * bytes
        let near = try search.nearest(codes: queries, in: rows, k: 2000, within: limit)
        #expect(near == wanted.map { bruteForce($0, k: 2000).filter { $0.score >= -Float(limit) } })
      }
    }
  }

  @Test func moreThanThereAreGivesAll() throws {
    let folder = try Folder()
    let rows = try folder.rows([1, 0, 0, 1, -1, 0], dimensions: 2)
    let search = try ExactSearch(threads: 2)
    #expect(try search.nearest(floats: [1, 0], in: rows, k: 100).first?.map(\.row) == [0, 1, 2])
    #expect(try search.nearest(floats: [1, 0], in: rows, k: 100, above: -0.5).first?.map(\.row) == [0, 1])
    #expect(try search.nearest(floats: [], in: rows, k: 3).isEmpty)
  }

  /// Rows that are no numbers are found by nobody and hide nobody.
  @Test func rowsThatAreNoNumbersArePassedOver() throws {
    let folder = try Folder()
    var values = [Float](repeating: 0, count: 60 * 4)
    for row in 0..<60 { values[4 * row] = Float(row) }
    for row in [3, 17, 56, 58] { values[4 * row + 1] = .nan }
    let rows = try folder.rows(values, dimensions: 4)
    for count in [1, 5] {
      for (instructions, threads) in ways {
        let search = try ExactSearch(threads: threads, instructions: instructions)
        let found = try search.nearest(
          floats: (0..<count).flatMap { _ in [1, 1, 0, 0] as [Float] }, in: rows, k: 4)
        #expect(found.allSatisfy { $0.map(\.row) == [59, 57, 55, 54] })
      }
    }
  }

  /// All 65,536 of them.
  @Test func float16IsReadExactly() throws {
    let bytes = (0...UInt16.max).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let wanted = try NpyArray.read(
      try NpyArray.encode(bytes: bytes, dtype: .f16, shape: [65_536]), origin: "halves"
    ).floats()
    for (instructions, _) in ways {
      var found = [Float](repeating: 0, count: 65_536)
      zoo_search_for(instructions).pointee.from_half(bytes, &found, 65_536)
      #expect(zip(found, wanted).allSatisfy { $0.isNaN ? $1.isNaN : $0.bitPattern == $1.bitPattern })
    }
  }

  @Test func float16RowsAreSearched() throws {
    let folder = try Folder()
    var numbers = Numbers(7)
    let values = numbers.floats(300 * 20, upTo: 9)
    let queries = numbers.floats(6 * 20, upTo: 9)
    let floats = try folder.rows(values, dimensions: 20)
    let halves = try encoded(values, as: .float16, dimensions: 20, file: "x")
    try NpyArray.write(path: folder.file("h.npy"), bytes: halves, dtype: .f16, shape: [300, 20])
    let search = try ExactSearch(threads: 2)
    let found = try search.nearest(floats: queries, in: try Embeddings(path: folder.file("h.npy")), k: 9)
    #expect(found == (try search.nearest(floats: queries, in: floats, k: 9)))
  }

  /// Every half and what lies between two of them.
  @Test func float16IsWrittenToTheNearest() throws {
    var values: [Float] = []
    for bits in stride(from: UInt16(0), to: 0x7BFF, by: 7) {
      let (low, high) = (Float(Float16(bitPattern: bits)), Float(Float16(bitPattern: bits + 1)))
      values += [low, (low + high) / 2, low + (high - low) * 0.49, low + (high - low) * 0.51, -low]
    }
    let bytes = try encoded(values, as: .float16, dimensions: 1, file: "x")
    for (place, value) in values.enumerated() {
      #expect(UInt16(bytes[2 * place]) | UInt16(bytes[2 * place + 1]) << 8 == Float16(value).bitPattern)
    }
    #expect(throws: RetrieveError.row(file: "x", row: 1, "holds 70000.0, which float16 cannot")) {
      try encoded([0, 0, 0, 70_000], as: .float16, dimensions: 2, file: "x")
    }
  }

  @Test func codesHaveABitForWhatIsAboveZero() {
    #expect(oneBitCodes([1, 0, -1, 0.5, 0, 0, 0, 2, 3, -2, 1, 0, 0, 0, 0, 0, 0, 0], dimensions: 9) == [0x91, 0x80, 0x40, 0])
  }
}
