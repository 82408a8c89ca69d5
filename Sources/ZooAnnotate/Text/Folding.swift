import Foundation

/// Texts as terms are compared: Unicode's compatibility composition (NFKC), upper and lower case alike.
///
/// Case is folded by lower(upper(x)), scalar by scalar, which is Unicode's full case folding for the letters of natural
/// languages (ß and ss are alike, and so are σ and ς), but for the dotless ı, which stays.
public enum Folding {
  /// Appends the folded form of UTF-8 to `out`; bytes that are no UTF-8 become U+FFFD.
  @inline(__always)
  public static func append(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
    var isASCII = true
    for byte in text where byte >= 0x80 {
      isASCII = false
      break
    }
    guard isASCII else { return appendUnicode(text, to: &out) }
    for byte in text { out.append(byte &- 0x41 < 26 ? byte | 0x20 : byte) }
  }

  private static func appendUnicode(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
    let composed = String(decoding: text, as: UTF8.self).precomposedStringWithCompatibilityMapping
    var folded = String.UnicodeScalarView()
    for scalar in composed.unicodeScalars { append(folding: scalar, to: &folded) }
    // Folding can take a composed letter apart.
    out.append(contentsOf: String(folded).precomposedStringWithCompatibilityMapping.utf8)
  }

  private static func append(folding scalar: Unicode.Scalar, to out: inout String.UnicodeScalarView) {
    if scalar.isASCII || scalar == "\u{131}" || !scalar.properties.changesWhenCaseFolded {
      let isCapital = (0x41...0x5A).contains(scalar.value)
      out.append(isCapital ? Unicode.Scalar(UInt8(scalar.value | 0x20)) : scalar)
      return
    }
    for upper in scalar.properties.uppercaseMapping.unicodeScalars {
      out.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
    }
  }

  /// The folded form of a text.
  public static func folded(_ text: String) -> String {
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    append(bytes[...], to: &out)
    return String(decoding: out, as: UTF8.self)
  }
}
