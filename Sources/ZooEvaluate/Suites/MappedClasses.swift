import FoundationEssentials
import Glibc
import ZooData
import ZooEngine
import ZooRecipe
import ZooTrain

/// Which of a model's classes each class of some data is: a CSV file `class,labels`, the labels by number or name, several
/// with `;`. An answer is right where it is one of them.
public struct MappedClasses: Sendable {
  /// By the name of the data's class, in the file's order.
  public let entries: [(name: String, labels: [Int])]

  /// - Parameter labels: names of the model's classes, in their order.
  /// - Throws: `EvaluateError.results` with the line.
  public init(_ text: String, file: String, labels: [String]) throws {
    var entries: [(name: String, labels: [Int])] = []
    let places = Dictionary(labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.first.map({ trimmed($0) }) == "class,labels" else {
      throw EvaluateError.results(file: "\(file):1", "the first line must be 'class,labels'")
    }
    for (number, line) in lines.enumerated().dropFirst() where !trimmed(line).isEmpty {
      func fail(_ what: String) -> EvaluateError { .results(file: "\(file):\(number + 1)", what) }
      // Names of classes may have commas of their own; what follows the first one is the list.
      guard let comma = line.firstIndex(of: ",") else { throw fail("has no comma; write CLASS,LABEL;LABEL") }
      let name = trimmed(line[..<comma])
      guard !name.isEmpty, !entries.contains(where: { $0.name == name }) else {
        throw fail(name.isEmpty ? "names no class" : "'\(name)' is there twice")
      }
      let found = try line[line.index(after: comma)...].split(separator: ";").map { item -> Int in
        let label = trimmed(item)
        if let place = places[label] { return place }
        guard let index = Int(label), labels.indices.contains(index) else {
          let hint = suggestion(for: label, among: labels).map { "; did you mean '\($0)'?" } ?? ""
          throw fail("the model has no class '\(label)'\(hint)")
        }
        return index
      }
      guard !found.isEmpty else { throw fail("'\(name)' has no labels") }
      entries.append((name, found))
    }
    self.entries = entries
  }
}

private func trimmed(_ text: some StringProtocol) -> String {
  let start = text.drop(while: \.isWhitespace)
  return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
}

/// Measures a model as it is on data whose classes a file maps to its own.
///
/// - Returns: the shares of right answers, first and among five, and the number of images.
func measureMapped(
  _ task: SuiteTask, root: String, model: Model, engine: Engine
) throws -> (top: Double, five: Double, count: Int) {
  let folder = "\(root)/\(task.data)"
  let stem = "\(folder)/\(task.test.split)"
  guard let spec = suiteDataPath(stem) else { throw SuiteProblem.absent("\(stem) is not there") }
  let file = "\(folder)/\(task.mapping ?? "")"
  guard access(file, F_OK) == 0 else {
    throw SuiteProblem.absent("\(file), which says what its classes are, is not there")
  }
  let head = try model.onlyHead()
  guard let output = head.scores else {
    throw TrainError.model("head '\(head.name)'", "does not score classes")
  }
  guard let bytes = FileManager.default.contents(atPath: file), bytes.count < 1 << 24,
    let text = String(validating: bytes, as: UTF8.self)
  else { throw EvaluateError.results(file: file, "is no text that can be read") }
  let map = try MappedClasses(text, file: file, labels: head.labels)
  if let wanted = task.mappedClasses, map.entries.count != wanted {
    throw SuiteProblem.unsuited("\(file): lists \(map.entries.count) classes, \(wanted) are wanted")
  }
  let data = try TaskData(try DataSource(spec: spec.path), target: "class").dataset
  var wanted: [Int: [Int]] = [:]
  for entry in map.entries {
    guard let label = data.classes.firstIndex(of: entry.name) else {
      throw SuiteProblem.unsuited("\(data.origin): has no class '\(entry.name)', which \(file) lists")
    }
    wanted[label] = entry.labels
  }
  let chosen = (task.test.places(data.count) ?? 0..<0).filter { wanted[data.label(at: $0)] != nil }
  guard !chosen.isEmpty else { throw EvaluateError.nothingToMeasure }
  let size = try sideOfCrop(model)
  let inference = try Inference(
    model, engine: engine, batch: min(8, chosen.count), size: ImageSize(height: size.height, width: size.width),
    only: output)
  let maker = try BatchMaker(
    dataset: try data.subset(chosen), transform: try objectNetTransform(model, size), batchSize: inference.batch, seed: 0,
    phase: .evaluate)
  let loader = try Loader(maker, threads: 2, prefetch: 2)
  defer { loader.cancel() }
  var (top, five) = (0, 0)
  while let batch = try loader.next() {
    try inference.run(batch.images)
    let scores = try inference.output(output, count: batch.count).values
    for row in 0..<batch.count {
      let own = scores[row * head.classes..<(row + 1) * head.classes]
      let likeliest = own.indices.sorted { (own[$0], $1) > (own[$1], $0) }.prefix(5).map { $0 - own.startIndex }
      let right = Set(wanted[data.label(at: chosen[batch.indices[row]])] ?? [])
      top += likeliest.first.map(right.contains) == true ? 1 : 0
      five += likeliest.contains(where: right.contains) ? 1 : 0
    }
  }
  let count = Double(chosen.count)
  return (Double(top) / count, Double(five) / count, chosen.count)
}

/// 480 pixels, for backbones that take any size; else the model's own.
private func sideOfCrop(_ model: Model) throws -> ImageSize {
  let input = model.config.input
  return try model.backbone.adaptations().isEmpty && min(input.height, input.width) >= 128
    ? ImageSize(height: 480, width: 480) : ImageSize(height: input.height, width: input.width)
}

/// The shorter side to 512/480 of the crop, then the middle.
private func objectNetTransform(_ model: Model, _ size: ImageSize) throws -> Transform {
  var input = model.config.input
  (input.height, input.width) = (size.height, size.width)
  let side = (max(size.height, size.width) * 512 + 479) / 480
  return try Transform(
    [
      .resize(size: ImageSize(height: side, width: side), mode: .shortSide, filter: .bilinear),
      .crop(size: size, position: .center),
    ], for: input)
}
