import Testing
import ZooArchive

@Test func tensorsAreCompared() throws {
  let folder = try TemporaryFolder()
  func file(_ name: String, _ sources: [TensorSource]) throws -> SafetensorsFile {
    try SafetensorsWriter.write(sources, to: folder(name))
    return try SafetensorsFile(path: folder(name))
  }
  let a = try file(
    "a",
    [
      TensorSource(name: "same", floats: [1, .nan], shape: [2]),
      TensorSource(name: "moved", floats: [3, 4], shape: [2]),
      TensorSource(name: "first", floats: [1], shape: [1]), TensorSource(name: "shape", floats: [1, 2], shape: [2]),
      TensorSource(name: "zero", floats: [0], shape: [1]), TensorSource(name: "half", floats: [0.5], shape: [1]),
    ])
  let b = try file(
    "b",
    [
      TensorSource(name: "same", floats: [1, .nan], shape: [2]),
      TensorSource(name: "moved", floats: [3, 4.5], shape: [2]),
      TensorSource(name: "second", floats: [1], shape: [1]),
      TensorSource(name: "shape", floats: [1, 2], shape: [1, 2]),
      TensorSource(name: "zero", floats: [1], shape: [1]),
      TensorSource(name: "half", dtype: .f16, shape: [1], bytes: [0x00, 0x38]),
    ])
  let difference = try WeightDifference(a, b)
  #expect(difference.tensors.map(\.name) == ["first", "half", "moved", "same", "second", "shape", "zero"])
  #expect(
    difference.tensors.map(\.change) == [
      .onlyInFirst, .dtype(.f32, .f16, distance: 0), .values(distance: 0.1), .equal, .onlyInSecond,
      .shape([2], [1, 2]), .values(distance: .infinity),
    ])
  #expect(difference.equalCount == 1)
  #expect(try WeightDifference(a, a).isEqual)
}

/// int8 weights are compared by what they stand for.
@Test func quantisedTensorsAreCompared() throws {
  let folder = try TemporaryFolder()
  try SafetensorsWriter.write([TensorSource(name: "w", floats: [1, 2, 3, -4], shape: [2, 2])], to: folder("a"))
  try SafetensorsWriter.write(
    [
      TensorSource(name: "w", dtype: .i8, shape: [2, 2], bytes: [2, 4, 3, 0xFC]),
      TensorSource(name: "w.scale", floats: [0.5, 1], shape: [2]),
    ], to: folder("b"))
  let difference = try WeightDifference(SafetensorsFile(path: folder("a")), SafetensorsFile(path: folder("b")))
  #expect(difference.tensors.map(\.change) == [.dtype(.f32, .i8, distance: 0), .onlyInSecond])
}
