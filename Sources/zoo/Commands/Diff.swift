import ArgumentParser
import ZooArchive
import ZooData
import ZooTrain

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two models: config, labels, weights.",
    discussion: """
      A tensor's distance is that of all its values, as a share of the first one's norm. The exit code is 0 whether the models \
      differ or not; with --exit-code it is 1 where they differ.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var first: String
  @Argument(help: "The one to compare with.")
  var second: String
  @Flag(help: "Machine-readable.")
  var json = false
  @Flag(help: "Show every tensor that differs, not only the ten furthest apart.")
  var all = false
  @Flag(help: "Exit with 1 where the models differ.")
  var exitCode = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let store = try shared.store()
      let archives = try [first, second].map { try ModelArchive.open(resolve(model: $0, store: store)) }
      let difference = try ModelDifference(archives[0], archives[1])
      if json {
        print(difference.json.pretty(), terminator: "")
      } else {
        for line in facts(difference) + labels(difference) + weights(difference.weights) { print(visible(line)) }
      }
      if exitCode, !difference.isEqual { throw ExitCode(1) }
    }
  }

  private func facts(_ difference: ModelDifference) -> [String] {
    difference.facts.map { "\($0.name): \($0.first ?? "none") → \($0.second ?? "none")" }
  }

  private func labels(_ difference: ModelDifference) -> [String] {
    difference.labels.map { labels in
      var parts: [String] = []
      for (names, what) in [(labels.added, "new"), (labels.removed, "gone")] where !names.isEmpty {
        parts.append(
          "\(names.count) \(what) (\(names.prefix(4).joined(separator: ", "))\(names.count > 4 ? ", …" : ""))")
      }
      if labels.isReordered { parts.append("another order") }
      return "labels of head '\(labels.head)': " + parts.joined(separator: ", ")
    }
  }

  private func weights(_ weights: WeightDifference) -> [String] {
    let differing = weights.tensors.filter { $0.change != .equal }
    let sorted = differing.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
    var lines = ["weights: \(weights.tensors.count) tensors, \(weights.equalCount) equal, \(differing.count) different"]
    let shown = all ? differing : sorted.prefix(10).map(\.element)
    let width = shown.map(\.name.count).max() ?? 0
    for tensor in shown { lines.append("  \(padded(tensor.name, width))  \(text(tensor.change))") }
    if shown.count < differing.count { lines.append("  … \(differing.count - shown.count) more (--all)") }
    return lines
  }

  /// What differs in kind first, then by distance, the furthest first.
  private func rank(_ tensor: WeightDifference.Tensor) -> Double {
    switch tensor.change {
    case .values(let distance), .dtype(_, _, let distance): -distance
    default: -Double.infinity
    }
  }

  private func text(_ change: WeightDifference.Change) -> String {
    func share(_ distance: Double) -> String { distance.isFinite ? rough(distance) : "not comparable" }
    switch change {
    case .equal: return "equal"
    case .onlyInFirst: return "only in the first"
    case .onlyInSecond: return "only in the second"
    case .shape(let a, let b): return "shape \(a) → \(b)"
    case .dtype(let a, let b, let distance): return "\(a.rawValue) → \(b.rawValue), distance \(share(distance))"
    case .values(let distance): return "distance \(share(distance))"
    }
  }
}
