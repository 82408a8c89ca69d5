import CZooKernels
import Glibc
import Testing

/// A product to check, described as an engine would.
struct Product: Sendable, CustomTestStringConvertible {
  var batch = 1
  var m, n, k: Int
  var transposedA = false
  var transposedW = false
  var bias = false
  var accumulate = false
  var epilogue = ZOO_EPILOGUE_NONE
  var packed = false
  /// Elements between the end of one row and the next, in all three matrices.
  var gap = 0

  var testDescription: String {
    "\(batch)x[\(m),\(k)]\(transposedA ? "ᵀ" : "")·[\(k),\(n)]\(transposedW ? "ᵀ" : "")"
      + "\(bias ? " bias" : "")\(accumulate ? " +=" : "")\(packed ? " packed" : "")"
      + " epilogue \(epilogue) gap \(gap)"
  }

  var spec: zoo_matmul_spec {
    let (aRow, aColumn) = transposedA ? (1, m + gap) : (k + gap, 1)
    let (wRow, wColumn) = transposedW ? (1, k + gap) : (n + gap, 1)
    return zoo_matmul_spec(
      batch: Int64(batch), m: Int64(m), n: Int64(n), k: Int64(k),
      a_batch: Int64(aSize), a_row: Int64(aRow), a_column: Int64(aColumn),
      w_batch: Int64(wSize), w_row: Int64(wRow), w_column: Int64(wColumn),
      c_batch: Int64(cSize), c_row: Int64(n + gap),
      bias: bias ? 1 : 0, accumulate: accumulate ? 1 : 0, epilogue: CInt(epilogue), packed: packed ? 1 : 0, a_type: 0,
      w_type: 0,
      c_type: 0)
  }

  var aSize: Int { transposedA ? k * (m + gap) : m * (k + gap) }
  var wSize: Int { transposedW ? n * (k + gap) : k * (n + gap) }
  var cSize: Int { m * (n + gap) }

  func exact(_ a: [Float], _ w: [Float], _ b: [Float], _ c: [Float]) -> [Sum] {
    let s = spec
    var sums: [Sum] = []
    for z in 0..<batch {
      for i in 0..<m {
        for j in 0..<n {
          var sum = Sum()
          for p in 0..<k {
            sum.add(
              a[z * aSize + i * Int(s.a_row) + p * Int(s.a_column)],
              w[z * wSize + p * Int(s.w_row) + j * Int(s.w_column)])
          }
          if bias { sum.add(b[j], 1) }
          if accumulate { sum.add(c[z * cSize + i * (n + gap) + j], 1) }
          sums.append(sum)
        }
      }
    }
    return sums
  }

  /// The columns that belong to the result.
  func inside(_ c: [Float]) -> [Float] {
    (0..<batch * m).flatMap { c[($0 * (n + gap))..<($0 * (n + gap) + n)] }
  }

  func outside(_ c: [Float]) -> [Float] {
    (0..<batch * m).flatMap { c[($0 * (n + gap) + n)..<(($0 + 1) * (n + gap))] }
  }
}

func applied(_ epilogue: Int) -> (Double) -> Double {
  switch epilogue {
  case ZOO_EPILOGUE_RELU: { max($0, 0) }
  case ZOO_EPILOGUE_GELU_ERF: { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }
  case ZOO_EPILOGUE_GELU_TANH:
    {
      $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    }
  default: { $0 }
  }
}

private let products: [Product] =
  [
    Product(m: 1, n: 1, k: 1), Product(m: 1, n: 7, k: 5), Product(m: 9, n: 1, k: 5),
    Product(m: 3, n: 4, k: 1),
    Product(m: 17, n: 33, k: 65), Product(m: 50, n: 96, k: 32), Product(m: 197, n: 48, k: 100),
    Product(m: 64, n: 64, k: 640),
  ].flatMap { (base: Product) in
    [(false, false), (false, true), (true, false), (true, true)].flatMap { flips in
      [false, true].map { packed in
        var product = base
        (product.transposedA, product.transposedW, product.packed) = (flips.0, flips.1, packed)
        return product
      }
    }
  }
  + (0...3).flatMap { epilogue in
    [(false, false), (true, false), (false, true), (true, true)].map {
      Product(
        m: 50, n: 70, k: 40, transposedW: true, bias: $0.0, accumulate: $0.1, epilogue: epilogue,
        packed: $0.0 != $0.1)
    }
  }
  + [
    Product(m: 50, n: 70, k: 40, gap: 26),
    Product(m: 50, n: 70, k: 40, transposedW: true, packed: true, gap: 3),
    Product(m: 50, n: 70, k: 40, transposedA: true, accumulate: true, gap: 5),
    Product(batch: 6, m: 17, n: 17, k: 16, transposedW: true), Product(batch: 6, m: 17, n: 16, k: 17),
    Product(batch: 3, m: 40, n: 24, k: 33, transposedA: true, accumulate: true, gap: 4),
    Product(batch: 2, m: 40, n: 24, k: 33, bias: true, epilogue: ZOO_EPILOGUE_RELU),
  ]

extension LibraryTests {
  @Suite(Libraries.hasOneDNN) struct Matmul {
    @Test(arguments: products) func agreesWithTheDefinition(product: Product) throws {
      zoo_dnnl_set_threads(2)
      let planned = try Planned(product.spec)
      let a = noise(product.batch * product.aSize, seed: 1)
      let w = noise(product.batch * product.wSize, seed: 2)
      let b = noise(product.n, seed: 3)
      let before = noise(product.batch * product.cSize, seed: 4)
      #expect((planned.packedCount > 0) == product.packed)
      let weights = product.packed ? planned.pack(w) : w
      var c = product.accumulate ? before : product.outsideOnly(before)
      planned.run(a, weights, bias: product.bias ? b : nil, into: &c)
      let error = worst(
        product.inside(c), product.exact(a, w, b, before), function: applied(product.epilogue))
      #expect(error < 1)
      #expect(product.outside(c) == product.outside(before))
    }

    @Test func packsAndUnpacksWithoutLoss() throws {
      let product = Product(m: 50, n: 70, k: 40, transposedW: true, packed: true)
      let planned = try Planned(product.spec)
      let w = noise(product.wSize, seed: 5)
      #expect(planned.unpack(planned.pack(w), count: w.count) == w)
    }

    @Test func takesOtherBuffersInEveryRun() throws {
      let product = Product(m: 20, n: 30, k: 40)
      let planned = try Planned(product.spec)
      for seed in UInt64(1)...4 {
        let a = noise(product.aSize, seed: seed)
        let w = noise(product.wSize, seed: seed + 10)
        var c = [Float](repeating: .nan, count: product.cSize)
        planned.run(a, w, into: &c)
        #expect(worst(c, product.exact(a, w, [], [])) < 1)
      }
    }

    @Test(arguments: [1, 2, 4]) func runsOnTheThreadsItWasPlannedFor(threads: CInt) throws {
      let product = Product(m: 300, n: 70, k: 90, transposedA: true, transposedW: true, accumulate: true)
      zoo_dnnl_set_threads(threads)
      let planned = try Planned(product.spec)
      zoo_dnnl_set_threads(5 - threads)
      defer { zoo_dnnl_set_threads(2) }
      let a = noise(product.aSize, seed: 1)
      let w = noise(product.wSize, seed: 2)
      let before = noise(product.cSize, seed: 4)
      var c = before
      planned.run(a, w, into: &c)
      #expect(worst(c, product.exact(a, w, [], before)) < 1)
    }

    @Test func sharesAPackingBetweenBatchSizesOnlyWhenLayoutsAgree() throws {
      let one = try Planned(Product(m: 50, n: 70, k: 40, packed: true).spec)
      let same = try Planned(Product(m: 50, n: 70, k: 40, packed: true).spec)
      let plain = try Planned(Product(m: 50, n: 70, k: 40).spec)
      let other = try Planned(Product(m: 50, n: 71, k: 40, packed: true).spec)
      #expect(zoo_primitive_same_packing(one.handle, same.handle) == 1)
      #expect(zoo_primitive_same_packing(one.handle, plain.handle) == 0)
      #expect(zoo_primitive_same_packing(one.handle, other.handle) == 0)
    }

    @Test func refusesWhatCannotBe() {
      func refusal(_ change: (inout zoo_matmul_spec) -> Void) -> String? {
        var spec = Product(m: 5, n: 7, k: 4).spec
        change(&spec)
        do { _ = try Planned(spec) } catch { return "\(error)" }
        return nil
      }
      let what = "product [1, 5, 4] x [4, 7]"
      #expect(refusal { $0.m = 0 } == "product [1, 0, 4] x [4, 7]: every size must be at least 1")
      #expect(refusal { $0.k = -1 } == "product [1, 5, -1] x [-1, 7]: every size must be at least 1")
      #expect(
        refusal { $0.n = 1 << 40 }
          == "product [1, 5, 4] x [4, 1099511627776]: every size must be at most 2147483647")
      #expect(refusal { $0.a_row = -4 } == "\(what): the strides of a are negative or too large")
      #expect(refusal { $0.w_row = .max } == "\(what): the strides of w are negative or too large")
      #expect(refusal { $0.c_row = 6 } == "\(what): rows of c overlap")
      #expect(refusal { $0.epilogue = 4 } == "\(what): epilogue 4 does not exist")
      #expect(
        refusal { ($0.batch, $0.packed) = (2, 1) }
          == "product [2, 5, 4] x [4, 7]: packed weights need a batch of 1")
    }

    @Test func saysNoWhenABufferIsMissing() throws {
      let planned = try Planned(Product(m: 5, n: 7, k: 4, bias: true).spec)
      let a = noise(20, seed: 1)
      let w = noise(28, seed: 2)
      var c = noise(35, seed: 3)
      #expect(zoo_primitive_run(planned.handle, a, w, nil, &c, nil) == -1)
      #expect(zoo_primitive_pack(planned.handle, w, &c) == -1)
    }

    @Test func hasAVersion() {
      let version = zoo_dnnl_version().map { String(cString: $0) } ?? ""
      #expect(version.split(separator: ".").count == 3)
    }
  }
}

extension Product {
  /// Not numbers where the result goes: without accumulation, what was there must not matter.
  func outsideOnly(_ c: [Float]) -> [Float] {
    c.indices.map { $0 % (n + gap) < n ? .nan : c[$0] }
  }
}
