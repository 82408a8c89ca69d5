import Testing
import ZooEngine
import ZooGraph
import ZooTrain

@Suite("First values of parameters")
struct InitializationTests {
  private func draw(
    _ initializer: Initializer, shape: [Int] = [200, 300], name: String = "w", seed: Int = 0
  ) throws -> [Float] {
    let store = try ParameterStore(
      parameters: [ParameterSpec(name: name, shape: shape, initializer: initializer)])
    try store.initialize(seed: seed)
    return try store.values(name)
  }

  private func mean(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) } / Double(values.count)
  }
  private func deviation(_ values: [Float]) -> Double {
    (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
  }

  @Test func constants() throws {
    #expect(try draw(.zeros).allSatisfy { $0 == 0 })
    #expect(try draw(.ones).allSatisfy { $0 == 1 })
    #expect(try draw(.constant(-10)).allSatisfy { $0 == -10 })
  }

  /// The deviations that the formulas give for 300 inputs and 200 outputs; 60,000 values pin them to 1 %.
  @Test(arguments: [
    (Initializer.normal(deviation: 0.02), 0.02), (.lecunNormal, 0.057735), (.heNormal, 0.081650),
    (.uniform(bound: 0.3), 0.173205), (.xavierUniform, 0.063246),
    (.truncatedNormal(deviation: 0.02), 0.017593)
  ]) func statistics(_ initializer: Initializer, _ wanted: Double) throws {
    let values = try draw(initializer)
    #expect(abs(mean(values)) < 0.02 * wanted)
    #expect(abs(deviation(values) - wanted) < 0.01 * wanted)
  }

  @Test func bounds() throws {
    #expect(try draw(.truncatedNormal(deviation: 0.02)).allSatisfy { abs($0) <= 0.04 })
    #expect(try draw(.uniform(bound: 0.3)).allSatisfy { abs($0) <= 0.3 })
    // A normal has 1 value in 22 beyond two deviations.
    #expect(try draw(.normal(deviation: 0.02)).contains { abs($0) > 0.04 })
  }

  /// A convolution's inputs are its channels times its window, [out, in, height, width].
  @Test func windowsCountAsInputs() throws {
    let fans = Initializer.fans([64, 32, 3, 3])
    #expect(fans.in == 288)
    let values = try draw(.heNormal, shape: [256, 32, 3, 3])
    #expect(abs(deviation(values) - (2.0 / 288).squareRoot()) < 0.0015)
  }

  @Test func sameSeedSameValues() throws {
    #expect(try draw(.heNormal, seed: 3) == draw(.heNormal, seed: 3))
    #expect(try draw(.heNormal, seed: 3) != draw(.heNormal, seed: 4))
    #expect(try draw(.heNormal, name: "a") != draw(.heNormal, name: "b"))
    #expect(try draw(.heNormal, seed: -1) != draw(.heNormal, seed: 1))
  }

  /// Adding a head or a layer changes no other parameter; an odd count ends where an even one does.
  @Test func independentOfNeighbours() throws {
    let alone = try draw(.lecunNormal, shape: [7])
    let store = try ParameterStore(parameters: [
      ParameterSpec(name: "before", shape: [100], initializer: .normal(deviation: 1)),
      ParameterSpec(name: "w", shape: [7], initializer: .lecunNormal)
    ])
    try store.initialize(seed: 0, where: { $0 == "w" })
    #expect(try store.values("w") == alone)
    #expect(try store.values("before").allSatisfy { $0 == 0 })
  }
}
