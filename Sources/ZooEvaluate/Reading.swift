/// An output of a head as people and programs read it.
public enum Reading: Sendable, Equatable {
  /// Numbers by their names.
  case numbers([NamedNumber])
  case embedding([Float])
  /// One bit for each number, whether it is above 0: the first is the highest bit of the first byte.
  case bits([UInt8], count: Int)
  /// One of ordered classes.
  case level(String)

  public struct NamedNumber: Sendable, Equatable {
    public let name: String
    public let value: Float
  }

  /// - Parameters:
  ///   - values: of one example.
  ///   - reading: as the head declares it; nil for one that is not read here.
  public init?(_ values: [Float], _ reading: String, labels: [String]) {
    switch reading {
    case "values":
      self = .numbers(
        values.enumerated().map { index, value in
          NamedNumber(name: labels.indices.contains(index) ? labels[index] : String(index), value: value)
        })
    case "embedding": self = .embedding(values)
    case "bits":
      var bytes = [UInt8](repeating: 0, count: (values.count + 7) / 8)
      for (index, value) in values.enumerated() where value > 0 { bytes[index / 8] |= 0x80 >> UInt8(index % 8) }
      self = .bits(bytes, count: values.count)
    case "levels":
      let index = levelIndex(values)
      self = .level(labels.indices.contains(index) ? labels[index] : String(index))
    default: return nil
    }
  }

  /// Bits as hexadecimal text, two digits a byte.
  public static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
