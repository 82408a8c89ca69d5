import Glibc
import Testing
import ZooGraph
import ZooHost

/// The folder of the shipped plugins: where the tests' own program lies.
func builtPlugins() throws -> Plugins {
  let folders = PluginSearch.directories(
    explicit: [], environment: [:], executable: PluginSearch.executable())
  return Plugins(directories: folders)
}

/// A backbone built alone, without weights.
struct Built {
  let graph: Graph
  let build: BackboneBuild
  let instance: ComponentInstance

  init(_ architecture: String, _ options: String = "{}", phase: Phase = .predict) throws {
    let plugins = try builtPlugins()
    let found = try plugins.resolve(architecture: architecture, options: options)
    instance = try found.component.instantiate(options: found.options)
    let image = try instance.backboneDeclaration().image
    var graph = Graph()
    let input = try graph.input(
      "image", TensorType(.float32, [TensorType.batch, image.height, image.width, 3]))
    build = try instance.buildBackbone(into: &graph, image: input, phase: phase)
    self.graph = graph
  }

  func shape(_ activation: String) -> [Int]? {
    build.activations.first { $0.name == activation }.map { graph.type(of: $0.value).shape }
  }
  var parameterCount: Int { graph.parameters.reduce(0) { $0 + $1.spec.shape.reduce(1, *) } }
}
