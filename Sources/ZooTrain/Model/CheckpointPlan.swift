import ZooArchive
import ZooGraph
import ZooHost

/// Which arrays of a checkpoint make which parameters, settled before any is read.
struct CheckpointPlan: Sendable {
  /// A parameter and the arrays that, converted and joined along the first axis, are its values.
  struct Assignment: Sendable {
    let parameter: String
    let shape: [Int]
    let parts: [(array: CheckpointArray, layout: CheckpointLayout)]
    let positions: PositionChange?
    let patches: PatchResize?
  }

  let file: any TensorFile
  let assignments: [Assignment]

  /// - Parameters:
  ///   - parameters: all that the model has; a head's are `heads.NAME.…`, where the key map says `head.…`.
  ///   - map: the backbone's; entries for parameters that the model lacks are no matter.
  ///   - dropped: arrays that are left out on purpose.
  ///   - heads: of attention, where the architecture says how many: the shapes of parameters do not.
  /// - Throws: `TrainError.weights` with every array that is missing, left over or of another shape.
  init(
    _ file: any TensorFile, names: CheckpointNames, parameters: [ParameterSpec], map: [KeyMapEntry], head: String?,
    adaptations: [Adaptation], rule: PositionResize, dropped: [CheckpointArray], heads: Int?
  ) throws {
    var (missing, reshaped, used) = ([String](), [String](), dropped)
    var assignments: [Assignment] = []
    for parameter in parameters {
      let own = head.map { "heads.\($0)." } ?? ""
      let name = !own.isEmpty && parameter.name.hasPrefix(own)
        ? "head." + parameter.name.dropFirst(own.count) : parameter.name
      guard let entry = map.first(where: { $0.parameter == name }) else {
        missing.append("\(parameter.name) (no array is said to be it)")
        continue
      }
      let arrays = entry.sources.compactMap { names.array($0) }
      missing += entry.sources.filter { names.array($0) == nil }
      used += arrays
      guard arrays.count == entry.sources.count else { continue }
      let adaptation = adaptations.first { $0.parameter == name && $0.kind == "grid" }
      let change = adaptation.flatMap { adaptation in
        PositionChange(
          rule, from: arrays[0].shape, to: parameter.shape, prefix: adaptation.prefix,
          prefixed: !names.barePositions.contains(arrays[0].source))
      }
      let isPatch = adaptations.contains { $0.parameter == name && $0.kind == "patch" }
      let parts = arrays.compactMap { array in
        CheckpointLayout(entry.transform, source: array.shape).map { (array: array, layout: $0) }
      }
      let patches = isPatch && parts.count == 1
        ? PatchResize(from: parts[0].layout.result, to: parameter.shape) : nil
      let isOfShape = change != nil || patches != nil || joins(parts, parameter.shape)
      guard parts.count == arrays.count, isOfShape, fits(entry, arrays, heads) else {
        let shapes = zip(entry.sources, arrays).map { "\($1.layer == nil ? $1.source : $0) \(describe($1.shape))" }
        reshaped.append("\(shapes.joined(separator: " + ")), wanted \(wanted(entry, parameter.shape, heads))")
        continue
      }
      assignments.append(
        Assignment(
          parameter: parameter.name, shape: parameter.shape, parts: parts, positions: change, patches: patches))
    }
    let extra = names.unused(after: used).map(printable)
    guard missing.isEmpty, reshaped.isEmpty, extra.isEmpty else {
      throw TrainError.weights(file: file.path, missing: missing, extra: extra, reshaped: reshaped)
    }
    (self.file, self.assignments) = (file, assignments)
  }

  /// Hands on the values of a parameter, one array of the file at a time.
  func produce(_ assignment: Assignment, _ sink: (UnsafeBufferPointer<Float>) throws -> Void) throws {
    for (array, layout) in assignment.parts {
      try file.withValues(of: array) { values in
        if let change = assignment.positions, change.isNeeded {
          try change.apply(Array(values)).withUnsafeBufferPointer(sink)
        } else if let patches = assignment.patches {
          try patches.resize(layout.convert(Array(values))).withUnsafeBufferPointer(sink)
        } else {
          try layout.convert(values, sink)
        }
      }
    }
  }
}

/// A name from a file that others made, for a terminal: control characters as their numbers.
func printable(_ name: String) -> String {
  name.unicodeScalars.map { scalar in
    scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
  }.joined()
}

/// Whether arrays joined along their first axis have a shape. Dimensions of 1 come and go between libraries
/// ([C, F, 1, 1] for a linear layer); elements keep their order.
private func joins(_ parts: [(array: CheckpointArray, layout: CheckpointLayout)], _ wanted: [Int]) -> Bool {
  guard var shape = parts.first?.layout.result else { return false }
  for part in parts.dropFirst() {
    guard let rows = part.layout.result.first, !shape.isEmpty, part.layout.result.dropFirst() == shape.dropFirst()
    else { return false }
    shape[0] += rows
  }
  return shape.filter { $0 != 1 } == wanted.filter { $0 != 1 }
}

/// Arrays of attention are split into heads, parameters are not: other heads would give other numbers.
private func fits(_ entry: KeyMapEntry, _ arrays: [CheckpointArray], _ heads: Int?) -> Bool {
  guard let heads, let axis = headAxis(entry.transform) else { return true }
  return arrays.allSatisfy { $0.shape.count > axis && $0.shape[axis] == heads }
}

private func headAxis(_ transform: String) -> Int? {
  switch transform {
  case "qkv-kernel": 1
  case "qkv-bias", "attention-output": 0
  default: nil
  }
}

/// The shape that an array should have, in the file's layout where that can be told.
private func wanted(_ entry: KeyMapEntry, _ parameter: [Int], _ heads: Int?) -> String {
  let own = parameter.filter { $0 != 1 }
  if entry.sources.count > 1, let first = own.first {
    let each = describe([first / entry.sources.count] + own.dropFirst())
    let split = heads.flatMap { headAxis(entry.transform) == nil ? nil : " in \($0) heads" } ?? ""
    return "each to give \(each)\(split)"
  }
  if let heads, entry.transform == "attention-output", own.count == 2, own[1] % heads == 0 {
    return describe([heads, own[1] / heads, own[0]])
  }
  return describe(CheckpointLayout(entry.transform, result: parameter)?.source ?? parameter)
}
