import ZooHost
import ZooJSON

extension Point {
  static let optionPoints = [defaults, unknownOptions, wrongTypes]

  static let defaults = Point(name: "options: defaults") { subject, _, _ in
    let description = try subject.component.description()
    let plain = try subject.component.instantiate(options: "{}")
    let written = "{" + description.options.map { "\"\($0.name)\":\($0.defaultValue)" }.joined(separator: ",") + "}"
    let same = try subject.component.instantiate(options: written)
    guard plain.declaration == same.declaration else {
      throw Broken("with its defaults written out it declares something else")
    }
    for variant in description.variants {
      do { _ = try subject.component.instantiate(options: variant.options) } catch {
        throw Broken("the size '\(variant.name)': \(error)")
      }
    }
    let sizes = description.variants.isEmpty ? "" : ", \(description.variants.count) sizes"
    return "\(description.options.count) options\(sizes)"
  }

  static let unknownOptions = Point(name: "options: unknown ones") { subject, _, _ in
    let name = "no-such-option"
    do { _ = try subject.component.instantiate(options: "{\"\(name)\":1}") } catch let error as HostError {
      guard error.kind == .options else { throw error }
      guard error.detail.hasPrefix("options") else {
        throw Broken("the refusal must begin with 'options', so that it can be shown in the recipe: \(error.detail)")
      }
      return "refused: \(error.detail)"
    }
    throw Broken("an unknown option is taken without a word; it must be refused by name")
  }

  static let wrongTypes = Point(name: "options: wrong types") { subject, _, _ in
    let options = try subject.component.description().options
    guard !options.isEmpty else { throw NotApplicable("it has no options") }
    for option in options {
      let wrong = option.defaultValue.hasPrefix("\"") ? "[]" : "\"no such value\""
      do { _ = try subject.component.instantiate(options: "{\"\(option.name)\":\(wrong)}") } catch let error
        as HostError
      {
        guard error.kind == .options, error.detail.contains(option.name) else {
          throw Broken("the refusal of a wrong '\(option.name)' must name it: \(error.detail)")
        }
        continue
      }
      throw Broken("'\(option.name)' (default \(option.defaultValue)) takes \(wrong)")
    }
    return "\(options.count) refused by name"
  }
}
