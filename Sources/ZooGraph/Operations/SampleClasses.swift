/// Some of many classes, the same for all examples of a step: key int32 [2] -> classes int32 [count], different and in
/// rising order, and the logarithm of each one's probability to be among them, float32 [count].
///
/// Class c has the weight w = 1/(c + 1)^zipf: with 0 all are alike, with 1 the sample suits classes that are numbered by
/// falling frequency. This is priority sampling (Duffield, Lund & Thorup 2007): of u/w with u uniform in (0, 1) the `count`
/// smallest are taken, and with t the next one class c is among them with probability min(1, w·t). So 1/probability is a
/// weight that makes sums over the sample unbiased for sums over all classes.
public struct SampleClasses: Operation {
  public let classes: Int
  public let count: Int
  public let zipf: Double
  /// Tells the samples of one graph apart.
  public var node = 0
  public var name: String { "sample-classes@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    guard inputs == [Self.key] else { throw wrong("the key must be int32 [2]") }
    return [TensorType(.int32, [count]), TensorType(.float32, [count])]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] { [nil] }

  static let key = TensorType(.int32, [2])
  /// Beyond this a class's number is no float32.
  static let mostClasses = 1 << 24
}

let sampleEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "sample-classes@1",
    summary: "-> int32 [count], different numbers below classes in rising order, and log of each one's probability to be "
      + "drawn, float32 [count]; class c has the weight 1/(c + 1)^zipf; the same for all examples of a step; in training "
      + "only"
  ) { (reader) throws(GraphError) in
    let classes = try reader.int("classes", in: 1...SampleClasses.mostClasses)
    let count = try reader.int("count", in: 1...classes)
    let zipf = try reader.float("zipf", default: 0)
    guard (0...10).contains(zipf) else {
      throw .attribute(operation: "sample-classes@1", "zipf must be in 0...10, not \(zipf)")
    }
    return SampleClasses(classes: classes, count: count, zipf: zipf)
  }
]
