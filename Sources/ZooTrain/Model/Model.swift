import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

/// A backbone with its heads and the values of their parameters.
public final class Model {
  /// A head and the plugin's instance for it.
  public struct Head {
    public let config: ModelHead
    public let instance: ComponentInstance
    public var name: String { config.name }
    /// Labels' count; 0 for a head that has none.
    public var classes: Int { config.labels?.count ?? 0 }
    /// The output that scores its classes (`HEAD.OUTPUT`), larger being likelier; nil for a head that does not classify.
    public var scores: String? {
      let declared = try? instance.headDeclaration()
      return declared?.outputs.first { $0.reading == "softmax" }.map { "\(name).\($0.name)" }
    }
    /// Label names; numbers where only their count is known.
    public var labels: [String] {
      switch config.labels {
      case .names(let names)?: names
      case .count(let count)?: (0..<count).map(String.init)
      case nil: []
      }
    }
  }

  public let config: ModelConfig
  public let backbone: ComponentInstance
  public let heads: [Head]
  public let store: ParameterStore
  public let origin: Origin
  /// How its int8 products are meant; nil for a model of floats.
  public let quantization: Quantization?

  init(
    config: ModelConfig, backbone: ComponentInstance, heads: [Head], store: ParameterStore, origin: Origin,
    quantization: Quantization? = nil
  ) {
    (self.config, self.backbone, self.heads, self.store, self.origin) = (config, backbone, heads, store, origin)
    self.quantization = quantization
  }

  public func head(named name: String) -> Head? { heads.first { $0.name == name } }

  /// The head that a command without further choice means: the only one.
  public func onlyHead() throws(TrainError) -> Head {
    guard let head = heads.first else {
      throw .model(origin.archive?.name ?? "model", "has no head; fine-tune it first")
    }
    guard heads.count == 1 else {
      throw .model(
        origin.archive?.name ?? "model",
        "has \(heads.count) heads (\(heads.map(\.name).joined(separator: ", "))); name one")
    }
    return head
  }

  /// Parameters of backbone and heads.
  public var parameterCount: Int {
    store.quantizedNames.reduce(store.count) { total, name in
      let count = store.withQuantized(name) { _, bytes in bytes.count } ?? 0
      return total + count - (store.entry(QuantizedWeight.scaleName(name))?.count ?? 0)
    }
  }
}
