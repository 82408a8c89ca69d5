/// Options are written `layer-norm-epsilon` and their properties `layerNormEpsilon`.
func optionKey(_ property: String) -> String {
  var result = ""
  for scalar in property.unicodeScalars {
    if ("A"..."Z").contains(scalar) {
      result += (result.isEmpty ? "" : "-") + String(Character(scalar)).lowercased()
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Place of an element in a list, as part of a path.
struct ListIndex: CodingKey {
  let index: Int
  init(_ index: Int) { self.index = index }
  var intValue: Int? { index }
  var stringValue: String { "[\(index)]" }
  init?(intValue: Int) { index = intValue }
  init?(stringValue: String) { nil }
}
