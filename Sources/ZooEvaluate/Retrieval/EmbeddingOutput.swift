import ZooHost
import ZooTrain

extension Model {
  /// What embeds an image: the named output or activation; else the embedding of the only head that has one, else `pooled`.
  ///
  /// - Returns: a name as `FeaturePass` takes it, and whether rows of it have length 1 as the head declares it.
  /// - Throws: where several heads have an embedding and none is named.
  public func embeddingOutput(_ named: String? = nil) throws -> (name: String, isUnit: Bool) {
    let embeddings = try heads.flatMap { head in
      try head.instance.headDeclaration().outputs.filter { $0.reading == "embedding" }.map { "\(head.name).\($0.name)" }
    }
    if let named {
      // A head's name alone means its embedding.
      let ofHead = embeddings.filter { $0.hasPrefix(named + ".") }
      let name = ofHead.count == 1 ? ofHead[0] : named
      return (name, embeddings.contains(name))
    }
    guard embeddings.count <= 1 else {
      throw TrainError.model(
        origin.archive?.name ?? "model",
        "has \(embeddings.count) embeddings (\(embeddings.joined(separator: ", "))); name one with --from")
    }
    return embeddings.first.map { ($0, true) } ?? ("pooled", false)
  }
}
