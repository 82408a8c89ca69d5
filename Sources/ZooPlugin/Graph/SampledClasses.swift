/// Options of a head for very many classes, as a group named `sampled`: in training an example is compared with a sample
/// of the classes, drawn anew for every step; everywhere else with all.
public struct SampledClasses: Config {
  /// Size of the sample; 0 for all classes.
  public var classes = 0
  /// Class c is drawn in proportion to 1/(c + 1)^zipf: 0 draws all alike, 1 suits classes in the order of falling frequency.
  public var zipf = 0.0
  /// Whether a class that is rarely drawn counts for those that were not, so that the loss is near that of all classes;
  /// otherwise the sample is taken for all there are.
  public var correction = true

  public init() {}

  /// - Throws: for values that make no sense, by the option's name.
  public func check(_ name: String = "sampled") throws {
    guard classes >= 0 else { throw ZooError.option(name + ".classes", "must not be negative, as \(classes) is") }
    guard (0...10).contains(zipf) else { throw ZooError.option(name + ".zipf", "must be from 0 to 10, not \(zipf)") }
  }

  /// Whether there is anything to leave out.
  func isUsed(_ g: HeadGraph) throws -> Bool { try g.phase == .train && classes > 0 && classes < g.classes }
}

extension HeadGraph {
  /// Softmax cross-entropy of logits x·wᵀ + bias against the classes that `sampled` draws and the example's own (Bengio &
  /// Senécal 2008): no array of [batch, classes] is made. Nil where all classes are to be used.
  ///
  /// The own classes count as they are, each other of the sample by 1/probability of being drawn (logits less its
  /// logarithm), so that the sum of exponentials is right on average; a sample of all classes gives the loss of all. A
  /// sampled class that is the example's own is left out, once or twice.
  ///
  /// - Parameters:
  ///   - x: [batch, n].
  ///   - weight: [classes, n].
  ///   - bias: [classes].
  ///   - smoothing: share of each label that is spread over all classes.
  ///   - rows: what is done to rows of the weight before they are multiplied with.
  public func sampledCrossEntropy(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, _ target: ClassTarget, _ sampled: SampledClasses,
    smoothing: Double = 0, rows: (Tensor) throws -> Tensor = { $0 }
  ) throws -> Tensor? {
    guard try sampled.isUsed(self) else { return nil }
    let (count, all) = (sampled.classes, try classes)
    let drawn = try op(
      "sample-classes@1", [], ["classes": .int(all), "count": .int(count), "zipf": .float(sampled.zipf)], outputs: 2)
    let (sample, logarithms) = (drawn[0], drawn[1])

    let others = try linear(x, weight: rows(gather(weight, sample)), bias: bias.map { try gather($0, sample) })
    func own(_ label: Tensor) throws -> Tensor {
      let product = try (x * rows(gather(weight, label))).sum([1], keep: true)
      return try bias.map { try product + gather($0, label).reshaped([Tensor.batch, 1]) } ?? product
    }
    let (first, second) = (try own(target.first), try own(target.second))
    let labels = try (
      target.first.float().reshaped([Tensor.batch, 1]), target.second.float().reshaped([Tensor.batch, 1])
    )
    let numbers = try sample.float()
    let same = try equal(labels.0, labels.1)
    let hits = try maximum(equal(labels.0, numbers), equal(labels.1, numbers))

    let corrected = try sampled.correction ? others - logarithms : others
    let shares = try concatenate(
      [first, second + same * Self.leftOut, corrected + hits * Self.leftOut], axis: 1
    ).logSoftmax()
    let ofFirst = try shares.slice(axis: 1, 0..<1)
    let ofSecond = try choose(same, ofFirst, else: shares.slice(axis: 1, 1..<2))
    let mix = try target.mix.reshaped([Tensor.batch, 1])
    var likelihood = try mix * ofFirst + (1 - mix) * ofSecond
    if smoothing > 0 {
      // The mean over all classes, again by weights of 1/probability.
      let weights = try sampled.correction ? (-logarithms).exp() / Double(all) : fill(1 / Double(count), shape: [count])
      let mean = try (others * weights).sum([1], keep: true)
      likelihood = try (1 - smoothing) * likelihood + smoothing * (mean - (first - ofFirst))
    }
    return try (-likelihood).reshaped([Tensor.batch])
  }

  /// Added to a logit that is not to count: its exponential is 0.
  private static var leftOut: Double { -1e30 }
}
