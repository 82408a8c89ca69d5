import ZooJSON

/// A backbone and its options.
public struct Architecture: Sendable {
  public let component: Component
  /// A JSON object: the named size's options, overlaid with those given.
  public let options: String
}

extension Plugins {
  /// A backbone by its own name (`vit`) or that of one of its sizes (`vit-b16`).
  /// - Parameter options: a JSON object that overrides the named size's options.
  public func resolve(architecture name: String, options: String = "{}") throws(HostError) -> Architecture {
    let given: JSON
    do {
      given = try JSONParser.parse(options)
      guard given.fields != nil else { throw JSONError("must be an object, they are \(given.kind)") }
    } catch { throw .badOptions("\(error)") }

    try load(architecture: name)
    if let found = try lookUp(name, given) { return found }
    loadRest()
    if let found = try lookUp(name, given) { return found }
    throw .noArchitecture(name, known: try knownArchitectures(), problems: failures, passedOver)
  }

  private func lookUp(_ name: String, _ given: JSON) throws(HostError) -> Architecture? {
    for component in backbones {
      if component.name == name { return Architecture(component: component, options: given.description) }
      guard let variant = try component.description().variants.first(where: { $0.name == name }) else {
        continue
      }
      do {
        let options = try JSONParser.parse(variant.options).merged(with: given)
        return Architecture(component: component, options: options.description)
      } catch { throw .badOptions("\(error)") }
    }
    return nil
  }
}
