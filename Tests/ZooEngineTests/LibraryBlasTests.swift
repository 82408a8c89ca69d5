import CZooKernels
import Testing

extension LibraryTests {
  @Suite(Libraries.hasOpenBLAS) struct Blas {
    @Test(arguments: [(1, 1, 1), (5, 7, 3), (33, 65, 17), (64, 128, 100)], [false, true])
    func agreesWithTheDefinition(sizes: (Int, Int, Int), transposedA: Bool) {
      for transposedB in [false, true] {
        let (m, n, k) = sizes
        let gap = 3
        let lda = (transposedA ? m : k) + gap
        let ldb = (transposedB ? k : n) + gap
        let ldc = n + gap
        let a = noise((transposedA ? k : m) * lda, seed: 1)
        let b = noise((transposedB ? n : k) * ldb, seed: 2)
        let before = noise(m * ldc, seed: 3)
        for beta in [Float(0), 0.5] {
          // With a zero beta the old values do not matter, not even when they are not numbers.
          var c = beta == 0 ? before.indices.map { $0 % ldc < n ? .nan : before[$0] } : before
          zoo_blas_sgemm(
            transposedA ? 1 : 0, transposedB ? 1 : 0, Int64(m), Int64(n), Int64(k), 2, a, Int64(lda), b,
            Int64(ldb),
            beta, &c, Int64(ldc))
          var exact: [Sum] = []
          for i in 0..<m {
            for j in 0..<n {
              var sum = Sum()
              for p in 0..<k {
                sum.add(
                  2 * a[transposedA ? p * lda + i : i * lda + p], b[transposedB ? j * ldb + p : p * ldb + j])
              }
              sum.add(beta, before[i * ldc + j])
              exact.append(sum)
            }
          }
          #expect(worst((0..<m).flatMap { c[($0 * ldc)..<($0 * ldc + n)] }, exact) < 1)
          for i in 0..<m {
            #expect(c[(i * ldc + n)..<((i + 1) * ldc)] == before[(i * ldc + n)..<((i + 1) * ldc)])
          }
        }
      }
    }

    @Test func scalesWhenThereIsNothingToSum() {
      var c: [Float] = [1, 2, 3, 4]
      zoo_blas_sgemm(0, 0, 2, 2, 0, 1, [], 0, [], 2, 0.5, &c, 2)
      #expect(c == [0.5, 1, 1.5, 2])
      zoo_blas_sgemm(0, 0, 0, 2, 3, 1, [], 3, [], 2, 0, &c, 2)
      #expect(c == [0.5, 1, 1.5, 2])
    }

    @Test func saysWhichCoreItComputesWith() {
      let version = zoo_blas_version().map { String(cString: $0) } ?? ""
      #expect(version.hasPrefix("OpenBLAS "))
      #expect(zoo_blas_core_is("NoSuchCore") == 0)
      #expect(zoo_blas_core_is(nil) == 0)
    }
  }
}
