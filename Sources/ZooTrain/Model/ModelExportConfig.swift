import ZooArchive
import ZooHost
import ZooRecipe

/// What other libraries' configurations say of a model.
struct ExportDescription {
  typealias Config = (files: [(name: String, text: String)], notes: [String])

  let label: String
  let architecture: String
  let options: ExportOptions
  let input: ModelInput
  let classes: Int
  let labels: [String]
  /// Of pixels between 0 and 1.
  let mean: [Double]
  let deviation: [Double]

  init(_ model: Model, classifier: Model.Head?) throws {
    (label, architecture, input) = (model.label, model.config.architecture, model.config.input)
    options = try ExportOptions(model)
    (classes, labels) = (classifier?.classes ?? 0, classifier?.labels ?? [])
    let (low, span) = (input.range.low, input.range.high - input.range.low)
    mean = input.mean.map { ($0 - low) / span }
    deviation = input.std.map { $0 / span }
  }

  func refuse(_ text: String) -> TrainError { .model(label, text) }
}

/// A backbone's options with its defaults filled in.
struct ExportOptions {
  private let options: PluginOptions

  init(_ model: Model) throws {
    let component = model.backbone.component
    let defaults = try component.description().options.map { "\"\($0.name)\":\($0.defaultValue)" }
    options = try PluginOptions(json: "{\(defaults.joined(separator: ","))}", name: "options of \(component.name)")
      .overlaid(with: model.config.options)
  }

  func int(_ name: String) -> Int { options.node[name]?.intValue ?? 0 }
  func ints(_ name: String) -> [Int] { options.node[name]?.items?.compactMap(\.intValue) ?? [] }
  func double(_ name: String) -> Double { options.node[name]?.doubleValue ?? 0 }
  func text(_ name: String) -> String { options.node[name]?.textValue ?? "" }
}

extension JSONValue {
  init(_ values: [Int]) { self = .array(values.map { .int(Int64($0)) }) }
  init(_ values: [Double]) { self = .array(values.map { .double($0) }) }
}
