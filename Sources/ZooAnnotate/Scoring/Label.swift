import ZooArchive

/// A label of the result.
public struct Label: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// A frequent term.
    case term
    /// Rare terms that are alike.
    case cluster
  }

  public let name: String
  public let kind: Kind
  /// Numbers of its terms, the most typical first.
  public let terms: [Int]

  public init(name: String, kind: Kind, terms: [Int]) { (self.name, self.kind, self.terms) = (name, kind, terms) }
}

/// Which label each term gives, and where terms lie in the space of their company.
public struct LabelSpace: Sendable, Equatable {
  public let labels: [Label]
  /// By term; -1 for a term that is dropped.
  public let labelOf: [Int32]
  /// [terms, dimensions], rows of length 1 (or 0); empty without vectors.
  public let vectors: [Float]
  public let dimensions: Int

  public init(labels: [Label], labelOf: [Int32], vectors: [Float], dimensions: Int) {
    (self.labels, self.labelOf, self.vectors, self.dimensions) = (labels, labelOf, vectors, dimensions)
  }

  /// Cosine of two terms; 0 without vectors.
  @inline(__always)
  func similarity(_ a: Int, _ b: Int) -> Float {
    var sum: Float = 0
    let (first, second) = (a &* dimensions, b &* dimensions)
    for index in 0..<dimensions { sum += vectors[first &+ index] * vectors[second &+ index] }
    return sum
  }
}
