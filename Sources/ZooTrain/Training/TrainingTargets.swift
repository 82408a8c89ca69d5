import ZooData

extension TrainingProgram {
  /// What one head learns from in a batch.
  public struct Targets: Sendable, Equatable {
    public enum Labels: Sendable, Equatable {
      /// [count] each: the label is mix·first + (1 - mix)·second; -1 for none.
      case classes(first: [Int32], second: [Int32], mix: [Float])
      /// [count, width], row-major: several labels, each in 0...1, or numbers; what is no number is unknown.
      case values([Float], width: Int)
    }
    public var labels: Labels
    /// Each example's weight in the loss; 0 where it has no label.
    public var weights: [Float]

    public init(_ labels: Labels, weights: [Float]) { (self.labels, self.weights) = (labels, weights) }

    /// Classes that are not mixed.
    public init(labels: [Int32], weights: [Float]) {
      self.init(
        .classes(first: labels, second: labels, mix: [Float](repeating: 1, count: labels.count)), weights: weights)
    }

    /// Nothing to learn from.
    public static func none(_ count: Int, width: Int? = nil) -> Targets {
      let weights = [Float](repeating: 0, count: count)
      guard let width else { return Targets(labels: [Int32](repeating: -1, count: count), weights: weights) }
      return Targets(.values([Float](repeating: 0, count: count * width), width: width), weights: weights)
    }

    public var count: Int { weights.count }

    /// Puts the labels of a data set's examples into the rows from `start` on.
    ///
    /// A class is a yes to one of several labels, where these are what the head learns from.
    mutating func place(_ source: BatchLabels, _ sourceWeights: [Float], at start: Int) {
      weights.replaceSubrange(start..<(start + sourceWeights.count), with: sourceWeights)
      switch (labels, source) {
      case (.classes(var first, var second, let mix), .classes(let own)):
        first.replaceSubrange(start..<(start + own.count), with: own)
        second.replaceSubrange(start..<(start + own.count), with: own)
        labels = .classes(first: first, second: second, mix: mix)
      case (.values(var values, let width), .values(let own, let ownWidth, _)) where width == ownWidth:
        values.replaceSubrange((start * width)..<(start * width + own.count), with: own)
        labels = .values(values, width: width)
      case (.values(var values, let width), .classes(let own)):
        for (row, label) in own.enumerated() where (0..<width).contains(Int(label)) {
          values[(start + row) * width + Int(label)] = 1
        }
        labels = .values(values, width: width)
      case (.classes, .values), (.values, .values): break  // refused when the task was prepared
      }
    }

    /// The targets of images that are mixed with others of the batch: image i is share·i + (1 - share)·partners[i].
    ///
    /// Each label counts as much as its image does: where only one of the two is there, it is the target, with its
    /// image's share as the weight. The weights keep their sum.
    ///
    /// - Parameters:
    ///   - partners: a permutation of 0..<count, so that each image counts once in all.
    ///   - share: of each image itself, in 0...1.
    public func mixed(with partners: [Int], share: Float) -> Targets {
      var result = self
      var shares = [Float](repeating: 1, count: count)
      for (row, partner) in partners.enumerated() {
        let (own, other) = (share * weights[row], (1 - share) * weights[partner])
        result.weights[row] = own + other
        if own + other > 0 { shares[row] = own / (own + other) }
      }
      switch labels {
      case .classes(let first, _, _):
        result.labels = .classes(first: first, second: partners.map { first[$0] }, mix: shares)
        result.replaceMissing(shares)
      case .values(let values, let width):
        var mixed = values
        for (row, partner) in partners.enumerated() where shares[row] != 1 {
          for column in 0..<width {
            let (own, other) = (values[row * width + column], values[partner * width + column])
            // The other's alone where the own has no share, which may be unknown.
            mixed[row * width + column] = shares[row] == 0 ? other : shares[row] * own + (1 - shares[row]) * other
          }
        }
        result.labels = .values(mixed, width: width)
      }
      return result
    }

    /// A label with the whole share stands for both, so that the other may be missing.
    private mutating func replaceMissing(_ shares: [Float]) {
      guard case .classes(var first, var second, let mix) = labels else { return }
      for row in first.indices {
        if shares[row] == 1 { second[row] = first[row] }
        if shares[row] == 0 { first[row] = second[row] }
      }
      labels = .classes(first: first, second: second, mix: mix)
    }
  }
}
