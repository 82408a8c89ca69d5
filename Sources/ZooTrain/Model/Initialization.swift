import ZooData
import ZooEngine
import ZooGraph

extension ParameterStore {
  /// Draws the first values of parameters: a function of the seed, the parameter's name and the position alone, so that
  /// adding a head or a layer changes no other parameter.
  public func initialize(seed: Int, where included: (String) -> Bool = { _ in true }) throws {
    for entry in entries where included(entry.spec.name) {
      let random = CounterRandom(
        seed: UInt64(bitPattern: Int64(seed)), path: [RandomStream.initialisation, nameHash(entry.spec.name)])
      try set(entry.spec.name, draw(entry.spec, count: entry.count, random))
    }
  }
}

private func draw(_ spec: ParameterSpec, count: Int, _ random: CounterRandom) -> [Float] {
  let fans = Initializer.fans(spec.shape)
  switch spec.initializer {
  case .zeros: return [Float](repeating: 0, count: count)
  case .ones: return [Float](repeating: 1, count: count)
  case .constant(let value): return [Float](repeating: Float(value), count: count)
  case .normal(let deviation): return normals(count, deviation, random)
  case .truncatedNormal(let deviation): return truncatedNormals(count, deviation, random)
  case .uniform(let bound): return uniforms(count, bound, random)
  case .xavierUniform: return uniforms(count, (6 / Double(fans.in + fans.out)).squareRoot(), random)
  case .lecunNormal: return normals(count, (1 / Double(fans.in)).squareRoot(), random)
  case .heNormal: return normals(count, (2 / Double(fans.in)).squareRoot(), random)
  }
}

private func normals(_ count: Int, _ deviation: Double, _ random: CounterRandom) -> [Float] {
  [Float](unsafeUninitializedCapacity: count) { buffer, filled in
    for index in stride(from: 0, to: count, by: 2) {
      let (a, b) = random.normals(block: UInt64(index / 2))
      buffer[index] = Float(a * deviation)
      if index + 1 < count { buffer[index + 1] = Float(b * deviation) }
    }
    filled = count
  }
}

/// Draws again beyond two deviations.
private func truncatedNormals(_ count: Int, _ deviation: Double, _ random: CounterRandom) -> [Float] {
  var random = random
  return (0..<count).map { _ in
    var value = random.normal()
    while abs(value) > 2 { value = random.normal() }
    return Float(value * deviation)
  }
}

private func uniforms(_ count: Int, _ bound: Double, _ random: CounterRandom) -> [Float] {
  var random = random
  return (0..<count).map { _ in Float((2 * random.uniform() - 1) * bound) }
}

/// FNV-1a, 64 bits: a number for a name that is the same on every machine.
private func nameHash(_ name: String) -> UInt64 {
  name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
