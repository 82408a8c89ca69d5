import ZooGraph
import ZooHost
import ZooRecipe

/// Position embeddings of a parameter, and the grid they are to fill.
struct PositionChange: Sendable {
  let rule: PositionResize
  /// Rows of patches in what is there, and in what is wanted.
  let from: Int
  let to: Int
  /// Leading rows that are no positions, in both.
  let prefix: (from: Int, to: Int)
  let width: Int

  /// - Parameters:
  ///   - source: [1, rows, width] or [rows, width].
  ///   - parameter: [1, rows, width].
  ///   - prefixed: whether the source too has the rows that are no positions; where it has none they are zero.
  /// - Returns: nil where the two are no square grids of the same width.
  init?(_ rule: PositionResize, from source: [Int], to parameter: [Int], prefix: Int, prefixed: Bool = true) {
    let source = source.count == 3 && source[0] == 1 ? Array(source.dropFirst()) : source
    guard source.count == 2, parameter.count == 3, source[1] == parameter[2] else { return nil }
    let sourcePrefix = prefixed ? prefix : 0
    guard let from = Self.side(source[0] - sourcePrefix), let to = Self.side(parameter[1] - prefix) else { return nil }
    (self.rule, self.from, self.to, width) = (rule, from, to, source[1])
    self.prefix = (sourcePrefix, prefix)
  }

  /// The side of a square of so many patches.
  static func side(_ count: Int) -> Int? {
    guard count > 0 else { return nil }
    let side = Int(Double(count).squareRoot().rounded())
    return side * side == count ? side : nil
  }

  /// Whether anything changes.
  var isNeeded: Bool { from != to || prefix.from != prefix.to }

  func apply(_ values: [Float]) -> [Float] {
    let grid = prefix.from * width
    guard values.count == grid + from * from * width else { return values }
    let leading = prefix.from > 0 ? Array(values[..<grid]) : [Float](repeating: 0, count: prefix.to * width)
    return leading + rule.resize(Array(values[grid...]), from: from, to: to, width: width)
  }

  var note: SourceNote {
    SourceNote("positions", "resized from \(from)×\(from) to \(to)×\(to), rule \(rule.rawValue)")
  }
}

extension Model {
  /// This model's backbone for another image size; nil where the one it has takes it.
  ///
  /// A backbone whose parameters follow the size is made anew with its option `image`.
  func backbone(for size: ImageSize) throws -> BackboneChoice? {
    let declared = try backbone.backboneDeclaration().image
    guard size.height != declared.height || size.width != declared.width, try !backbone.adaptations().isEmpty else {
      return nil
    }
    guard size.height == size.width else {
      throw TrainError.model(
        "backbone '\(backbone.component.name)'", "takes square images, not \(size.height)×\(size.width)")
    }
    return try BackboneChoice(
      component: backbone.component, variant: config.variant,
      options: config.options.overlaid(with: PluginOptions([("image", .int(size.height))])))
  }

  /// The values of a parameter in a model of another image size; nil where they do not follow it.
  func resized(_ name: String, to shape: [Int], rule: PositionResize) throws -> [Float]? {
    guard let entry = store.entry(name),
      let adaptation = try backbone.adaptations().first(where: { $0.parameter == name && $0.kind == "grid" }),
      let change = PositionChange(rule, from: entry.spec.shape, to: shape, prefix: adaptation.prefix)
    else { return nil }
    return change.apply(try store.values(name))
  }
}
