import ZooAlgebra

/// A term, as clustering sees it.
public struct TailTerm: Sendable, Equatable {
  public let name: String
  /// Records that have it.
  public let records: Int
  /// False for a term that is never a label, and only tells which ones are akin.
  public let isLabel: Bool

  public init(_ name: String, records: Int, isLabel: Bool = true) {
    (self.name, self.records, self.isLabel) = (name, records, isLabel)
  }
}

/// How rare terms find their clusters.
public enum TailMethod: Sendable, Equatable {
  case kMeans
  /// k-means by batches of so many terms.
  case miniBatch(Int)
  case agglomeration(Linkage)
  /// They are dropped.
  case none
}

/// What becomes of rare terms.
public struct TailOptions: Sendable, Equatable {
  public var method: TailMethod
  /// A term of at least so many records is a label of its own.
  public var headRecords: Int
  /// At most so many are, the most frequent.
  public var headTerms: Int
  /// nil for a tenth of the rare terms, rounded up.
  public var clusters: Int?
  /// Clusters are made from terms of at least so many records; rarer ones go to the nearest.
  public var fittedRecords: Int
  /// Beginnings of k-means that are tried.
  public var restarts: Int
  public var vectors: TermVectorOptions
  /// The images' share in the vectors' squared length, where there are any.
  public var imageShare: Double
  public var seed: UInt64

  public init(
    method: TailMethod = .kMeans, headRecords: Int = 100, headTerms: Int = 50_000, clusters: Int? = nil,
    fittedRecords: Int = 3, restarts: Int = 4, vectors: TermVectorOptions = TermVectorOptions(), imageShare: Double = 0.5,
    seed: UInt64 = 0
  ) {
    (self.method, self.headRecords, self.headTerms) = (method, headRecords, headTerms)
    (self.clusters, self.fittedRecords, self.restarts) = (clusters, fittedRecords, restarts)
    (self.vectors, self.imageShare, self.seed) = (vectors, imageShare, seed)
  }
}

/// Labels made of terms: the head's, then clusters.
public struct TailResult: Sendable {
  public struct Label: Sendable, Equatable {
    /// A term's, or those of up to three exemplars of a cluster; no two labels have the same.
    public let name: String
    public let isCluster: Bool
    /// Positions of its terms, the most typical first.
    public let terms: [Int]
    /// Records of its terms, added up.
    public let records: Int
  }

  public let labels: [Label]
  /// By term; nil for one that is no label or is dropped.
  public let labelOf: [Int?]
  /// [terms, dimensions]: rows of length 1, or 0 where a term keeps no company.
  public let vectors: Matrix<Double>
}
