import FoundationEssentials
import Glibc
import Testing
import ZooGraph
import ZooHost

/// Heads of other teams: built from the SDK or the header alone, with nothing fetched, and loaded here.
@Suite(.serialized) struct ThirdPartyTests {
  private static let tools: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let found = folders.contains { access($0 + "/swift", X_OK) == 0 }
    return found && PluginFolder.compiler != nil ? folders.joined(separator: ":") : nil
  }()

  /// Beside the tests' own products, so that building again is quick.
  private func build() throws -> Plugins {
    let program = try #require(PluginSearch.executable())
    let folder = URL(filePath: program).deletingLastPathComponent().appending(path: "third-party").path
    let script = PluginFolder.root + "/Tests/ThirdParty/check.sh"
    // A proxy that leads nowhere: whoever tries to fetch fails.
    let environment = [
      "PATH=" + (try #require(Self.tools)), "HOME=" + folder, "ZOO_SDK=" + PluginFolder.root,
      "https_proxy=http://127.0.0.1:9", "http_proxy=http://127.0.0.1:9",
    ]
    try #require(try runProgram("/bin/sh", ["sh", script, folder], environment: environment) == 0)
    return Plugins(directories: [folder])
  }

  @Test(.enabled(if: tools != nil)) func headsOfOthersBuildLoadAndTrain() throws {
    let plugins = try build()
    #expect(plugins.all().problems.isEmpty)
    #expect(
      plugins.all().components.map(\.name) == [
        "arcface", "clipped", "cosine", "hoarder", "ordinal", "prototype", "unit",
      ])

    for (name, options, parameters) in [
      ("cosine", #"{"temperature": 0.1}"#, ["weight"]), ("ordinal", "{}", ["score.weight", "thresholds"]),
      ("unit", #"{"scale":8}"#, ["weight"]), ("arcface", #"{"width": 8}"#, ["embedding.weight", "weight"]),
      ("prototype", "{}", ["projection.weight"]), ("clipped", "{}", ["weight", "bias"]),
    ] {
      var head = try BuiltHead(plugins.head(name).instantiate(options: options), name: "x")
      #expect(head.graph.parameters.map(\.spec.name) == parameters.map { "heads.x." + $0 })
      let loss = try #require(head.build.losses.first).value
      let weights = try head.graph.input("weights", TensorType(.float32, [TensorType.batch]))
      let values = head.graph.parameters.map(\.value)
      let gradients = try head.graph.differentiate([(value: loss, gradient: weights)], with: values)
      for (value, gradient) in zip(values, gradients) {
        #expect(gradient.map { head.graph.type(of: $0) } == head.graph.type(of: value))
      }
    }

    #expect(try plugins.head("clipped").operationNames == ["clipped/shrink@1"])
    let prototype = try BuiltHead(plugins.head("prototype").instantiate(options: "{}"), name: "x")
    #expect(prototype.build.updates.map(\.name) == ["heads.x.sums", "heads.x.counts"])
    try releases(plugins.directories[0])

    try hoarding(plugins.head("hoarder"))
    try refusals(plugins)
    try ownMetric(plugins.head("ordinal").instantiate(options: "{}"))
  }

  /// Plugins of every release in this host, and this SDK's plugins in the first release's host, whose table is shorter.
  private func releases(_ folder: String) throws {
    let old = Plugins(directories: [folder + "/old"])
    #expect(old.all().problems.isEmpty)
    #expect(old.all().components.map(\.name) == ["cosine-old", "ordinal-old", "unit-old"])
    for component in old.all().components {
      let head = try BuiltHead(component.instantiate(options: "{}"))
      #expect(head.build.losses.count == 1 && !head.graph.parameters.isEmpty)
    }
    try ownMetric(old.head("ordinal-old").instantiate(options: "{}"))

    func firstHost(_ name: String) throws -> (status: Int32, text: String) {
      let script = #""$1/old/host" "$1/libzoo-head-$2.so" > "$1/host.txt" 2>&1"#
      let status = try runProgram("/bin/sh", ["sh", "-c", script, "sh", folder, name], environment: [])
      return (status, try String(contentsOfFile: folder + "/host.txt", encoding: .utf8))
    }
    for name in ["arcface", "cosine", "ordinal", "prototype", "unit"] {
      let (status, text) = try firstHost(name)
      #expect(status == 0 && text == "\(name) builds\n", "\(text)")
    }
    let (status, text) = try firstHost("clipped")
    #expect(
      status != 0
        && text == "refused: this zoo is too old for operations of a plugin's own ('clipped/shrink@1')\n")
  }

  /// What outlives a build is refused in the next one, and neither traps.
  private func hoarding(_ head: Component) throws {
    for (options, message) in [
      (
        #"{"keeps": "graph"}"#,
        "build: a graph or tensor was used after its build returned; keep neither"
      ),
      (#"{"keeps": "tensor"}"#, "build: add@1: a tensor of another build was used"),
    ] {
      let instance = try head.instantiate(options: options)
      _ = try BuiltHead(instance)
      #expect {
        _ = try BuiltHead(instance)
      } throws: {
        ($0 as? HostError)?.detail == message
      }
    }
  }

  private func refusals(_ plugins: Plugins) throws {
    for (name, options, message) in [
      ("cosine", #"{"temperature": 0}"#, "options.temperature: must be above 0"),
      (
        "cosine", #"{"temprature": 1}"#,
        "options: unknown key 'temprature'; did you mean 'temperature'? known: temperature"
      ),
      ("unit", #"{"scale":0}"#, "options.scale: must be above 0"),
      ("unit", #"{"scala":1}"#, "options: the only one is scale, a number"),
    ] {
      let head = try plugins.head(name)
      #expect {
        _ = try head.instantiate(options: options)
      } throws: {
        ($0 as? HostError)?.detail == message
      }
    }
  }

  private func ownMetric(_ head: ComponentInstance) throws {
    let levels = HostArray(name: "levels", shape: [3, 2], elements: .float32([-1, -2, 3, -1, 4, 2]))
    let labels = HostArray(name: "target.first", shape: [3], elements: .int32([0, 1, 0]))
    #expect(head.hasMetrics && head.hasDecoder)
    #expect(abs(try head.metric("mean-absolute-error", [levels, labels]) - 2.0 / 3) < 1e-9)
    #expect(try head.decode([levels]) == [#"{"grade":0}"#, #"{"grade":1}"#, #"{"grade":2}"#])
    #expect {
      _ = try head.metric("mean-absolute-error", [levels])
    } throws: {
      ($0 as? HostError)?.detail == "metric: no array 'target.first'; there are: levels"
    }
    let short = HostArray(name: "levels", shape: [3, 2], elements: .float32([1]))
    #expect {
      _ = try head.decode([short])
    } throws: {
      ($0 as? HostError)?.detail == "decode: the array 'levels' does not have as many elements as its shape"
    }
  }
}
