/// Every operation that plugins may use, by versioned name.
public enum OperationCatalogue {
  public struct Entry: Sendable {
    public let name: String
    /// Inputs -> outputs, attributes and meaning, one line; `Plugins/OPSET.md` is generated from it.
    public let summary: String
    let make: @Sendable (inout AttributeReader) throws(GraphError) -> any Operation
  }

  /// In the order of the documentation.
  public static let entries: [Entry] =
    linearEntries + convolutionEntries + normalizationEntries + attentionEntries + activationEntries
    + arithmeticEntries + reductionEntries + softmaxEntries + shapeEntries

  static func make(_ name: String, _ attributes: Attributes) throws(GraphError) -> any Operation {
    let full = name.contains("@") ? name : newest(name)
    guard let entry = entries.first(where: { $0.name == full }) else {
      throw .unknownOperation(name, known: entries.map(\.name))
    }
    var reader = AttributeReader(operation: entry.name, attributes)
    let operation = try entry.make(&reader)
    try reader.finish()
    return operation
  }

  /// Entries of one operation stand in the order of their versions.
  private static func newest(_ name: String) -> String {
    entries.last { $0.name.hasPrefix(name + "@") }?.name ?? name
  }
}
