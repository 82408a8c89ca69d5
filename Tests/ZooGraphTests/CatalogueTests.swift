import FoundationEssentials
import Testing
import ZooGraph

@Suite struct CatalogueTests {
  @Test func theDocumentedOperationsAreThoseOfTheCode() throws {
    var path = #filePath.split(separator: "/").dropLast(3)
    path += ["Plugins", "OPSET.md"]
    let page = try String(contentsOfFile: "/" + path.joined(separator: "/"), encoding: .utf8)
    #expect(page == OperationCatalogue.document, "run: zoo plugin opset > Plugins/OPSET.md")
  }

  @Test func namesAreVersionedAndUnique() {
    let names = OperationCatalogue.entries.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.wholeMatch(of: /[a-z0-9-]+@[1-9]/) != nil) }
  }

  @Test func mistakesAreNamed() throws {
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 4]))
    let w = try graph.parameter(ParameterSpec(name: "w", shape: [3, 5], initializer: .zeros))
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    #expect(
      message { _ = try graph.apply(named: "conv3d@1", [x]) }
        == "this zoo has no operation 'conv3d@1'; near it: conv2d@1")
    #expect(
      message { _ = try graph.apply(named: "linear@1", [x, w]) }
        == "linear@1: x [batch, 4] does not fit weights [3, 5] ([out, in])")
    #expect(
      message { _ = try graph.apply(named: "sum@1", [x], ["axes": .ints([0])]) }
        == "sum@1: the batch dimension cannot be reduced; examples stay apart")
    #expect(
      message { _ = try graph.apply(named: "scale@1", [x], ["facter": .float(2)]) }
        == "scale@1: unknown attribute 'facter'")
    #expect(
      message { _ = try graph.apply(named: "add@1", [x, Value(index: 99)]) }
        == "add@1: input 1 is no node of this graph (99)")
    #expect(
      message { _ = try graph.input("y", TensorType(.float32, [TensorType.batch, 0])) }
        == "input:y: dimension 1 is 0; it must be positive")
  }

  /// Fused graphs compute what the plain ones do, with fewer nodes.
  @Test func rewritesKeepWhatIsNeeded() throws {
    var graph = Graph()
    let shape = [TensorType.batch, 4, 4, 8]
    let x = try graph.input("x", TensorType(.float32, shape))
    let gamma = try graph.parameter(ParameterSpec(name: "gamma", shape: [8], initializer: .ones))
    let beta = try graph.parameter(ParameterSpec(name: "beta", shape: [8], initializer: .zeros))
    let norm = try graph.apply(named: "group-norm", [x, gamma, beta], ["groups": .int(2)])[0]
    let relu = try graph.apply(named: "relu", [norm])[0]
    let both = try graph.apply(named: "add", [norm, relu])[0]
    // The norm has two readers here: it must stay.
    let kept = try graph.fusingNormalization(keeping: [both])
    #expect(kept.graph.nodes.count == graph.nodes.count)
    let fused = try graph.fusingNormalization(keeping: [relu])
    let value = try #require(fused[relu])
    #expect(fused.graph.operation(of: value)?.name == "group-norm-relu")
    #expect(fused.graph.parameters.map(\.spec.name) == ["gamma", "beta"])
  }
}
