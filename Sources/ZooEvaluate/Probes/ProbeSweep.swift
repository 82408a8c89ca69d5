import Glibc
import ZooAlgebra
import ZooData

/// Chooses a probe's penalty on a part of the training rows that is held back, then learns from all of them.
public struct ProbeSweep: Sendable {
  /// What was tried, from the largest penalty to the smallest: the share of right answers on the held part, and its mean
  /// cross-entropy.
  public struct Trial: Sendable {
    public let penalty: Double
    public let accuracy: Double
    public let loss: Double
  }

  public let probe: LogisticProbe
  public let trials: [Trial]
  /// Examples held back; 0 where no class has two, and the penalty is the standard one.
  public let held: Int

  /// 100 to 1e-6.
  public static let penalties = (0...8).map { pow(10, 2 - Double($0)) }
  /// Where there is nothing to choose by.
  public static let standard = 1e-2

  /// - Parameters:
  ///   - held: places of rows to choose by; nil for a fifth of each class that has two rows or more, at least one.
  ///   - seed: of that choice.
  public init(
    _ train: LabelledRows, penalties: [Double] = Self.penalties, held: [Int]? = nil, seed: UInt64 = 0,
    _ algebra: Algebra
  ) throws {
    let held = held ?? Self.heldPart(train, seed: seed)
    let isHeld = Set(held)
    let kept = (0..<train.count).filter { !isHeld.contains($0) }
    self.held = held.count
    guard !held.isEmpty, !kept.isEmpty, penalties.count > 1 else {
      trials = []
      probe = try LogisticProbe(train, penalty: penalties.count == 1 ? penalties[0] : Self.standard, algebra)
      return
    }
    let (part, judge) = (train.choosing(kept), train.choosing(held))
    let problem = try LogisticProblem(part, algebra)
    var (trials, last) = ([Trial](), LogisticProblem.Solution?.none)
    for penalty in penalties.sorted(by: >) {
      let solution = try problem.solve(penalty, from: last, tolerance: 1e-5, iterations: 100)
      last = solution
      let scores = try LogisticProbe(problem, solution, algebra).scores(judge.rows, algebra)
      trials.append(Self.trial(penalty, scores, judge))
    }
    self.trials = trials
    // Of equally many right answers, those that were surer count.
    let best = trials.min { ($1.accuracy, $0.loss) < ($0.accuracy, $1.loss) }
    probe = try LogisticProbe(train, penalty: best?.penalty ?? Self.standard, algebra)
  }

  private static func trial(_ penalty: Double, _ scores: Matrix<Double>, _ judge: LabelledRows) -> Trial {
    var (right, loss) = (0, 0.0)
    for (row, label) in judge.labels.enumerated() {
      let own = Array(scores.row(row))
      let largest = own.max() ?? 0
      loss += log(own.reduce(0) { $0 + exp($1 - largest) }) + largest - own[label]
      right += own.firstIndex(of: largest) == label ? 1 : 0
    }
    let count = Double(max(judge.count, 1))
    return Trial(penalty: penalty, accuracy: Double(right) / count, loss: loss / count)
  }

  private static func heldPart(_ train: LabelledRows, seed: UInt64) -> [Int] {
    var members = [[Int]](repeating: [], count: train.classes)
    for (row, label) in train.labels.enumerated() { members[label].append(row) }
    return members.enumerated().flatMap { label, rows -> [Int] in
      guard rows.count > 1 else { return [] }
      var (order, random) = (rows, CounterRandom(seed: seed, RandomStream.split, UInt64(label) + 1))
      random.shuffle(&order)
      return Array(order.prefix(max(1, Int((Double(rows.count) * 0.2).rounded()))))
    }.sorted()
  }
}
