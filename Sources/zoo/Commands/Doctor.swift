import ArgumentParser
import ZooArchive
import ZooEngine
import ZooHost
import ZooTrain

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Show what this machine can do and what is missing.")

  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let processor = Processor.detect()
      print("zoo        \(zooVersion)")
      print("processor  \(processor.name), \(processor.threads) threads (\(processor.features.joined(separator: " ")))")
      print("kernels    \(processor.kernels)")
      var usable = 0
      for choice in [EngineChoice.onednn, .openblas] {
        switch Engine.probe(choice) {
        case .success(let version):
          usable += 1
          print("\(padded(choice.rawValue, 9))  \(version)" + (usable == 1 ? "  (used)" : ""))
        case .failure(let error): print("\(padded(choice.rawValue, 9))  MISSING: \(error)")
        }
      }
      if usable > 0 { print("threads    pool of \(try Engine().pool.library)") }
      let plugins = shared.plugins()
      for folder in plugins.directories { print("plugins    looked for in \(folder)") }
      let found = plugins.facts()
      let components = found.flatMap { item in (item.facts?.components ?? []).map { (item.file, $0) } }
      for (file, component) in components {
        print("  \(component.kind.rawValue) '\(component.name)' \(component.version)  \(file)")
      }
      for problem in found.compactMap(\.problem) { print("  PROBLEM: \(problem)") }
      for file in plugins.passedOver { print("  PASSED OVER: \(file): a plugin, but not named libzoo-*.so") }
      for (kind, name) in [("backbone", "vit"), ("backbone", "bit"), ("head", "linear")]
      where !components.contains(where: { $0.1.kind.rawValue == kind && $0.1.name == name }) {
        print("  MISSING: \(kind) '\(name)'")
      }
      let store = try shared.store()
      print("store      \(store.root), \(try store.list().count) models")
      if usable == 0 { throw ExitCode(1) }
    }
  }
}
