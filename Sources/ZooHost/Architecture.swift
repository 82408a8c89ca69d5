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

    // `vit-b16` is most likely a size of `vit`: that file is loaded first, others when it is not.
    let family = String(name.prefix { $0 != "-" })
    if let file = conventional(.backbone, family) { try load(file) }
    if let found = try lookUp(name, given) { return found }
    _ = all()
    if let found = try lookUp(name, given) { return found }
    var known: [String] = []
    for component in backbones.sorted(by: { $0.name < $1.name }) {
      known += [component.name] + (try component.description().variants.map(\.name))
    }
    throw .noArchitecture(name, known: known, problems: failures)
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
