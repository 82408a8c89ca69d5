import ZooArchive
import ZooData
import ZooRecipe

extension LabelRecipe {
  /// The class that a sample's annotation says.
  func label(of annotation: JSONObject) throws(AnnotationProblem) -> Int {
    let value = try value(of: annotation)
    guard let label = label(value) else { throw AnnotationProblem("gives \(value), which is in no class") }
    return label
  }

  private func value(of annotation: JSONObject) throws(AnnotationProblem) -> Double {
    switch measure {
    case .value(let key):
      guard let number = annotation[key]?.number else { throw AnnotationProblem("has no number '\(key)'") }
      return number
    case .count(let key): return Double(try items(annotation, key).count)
    case .minimum(let key, let path):
      var least: Double?
      for item in try items(annotation, key) {
        if let condition {
          guard try number(item, condition.path, key) < condition.bound else { continue }
        }
        let own = try number(item, path, key)
        least = min(least ?? own, own)
      }
      // What stands for none is one of the numbers, as in the original.
      if let otherwise { return min(least ?? otherwise, otherwise) }
      guard let least else { throw AnnotationProblem("has nothing in '\(key)' that counts") }
      return least
    }
  }

  private func items(_ annotation: JSONObject, _ key: String) throws(AnnotationProblem) -> [JSONValue] {
    guard let items = annotation[key]?.array else { throw AnnotationProblem("has no list '\(key)'") }
    return items
  }

  private func number(_ item: JSONValue, _ path: AnnotationPath, _ list: String) throws(AnnotationProblem) -> Double {
    let value = path.index.map { item[path.key]?[$0] } ?? item[path.key]
    guard let number = value?.number else {
      let place = path.index.map { "[\($0)]" } ?? ""
      throw AnnotationProblem("has an item of '\(list)' without a number '\(path.key)\(place)'")
    }
    return number
  }
}
