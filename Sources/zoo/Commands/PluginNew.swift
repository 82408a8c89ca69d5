import ArgumentParser
import FoundationEssentials
import ZooHost

struct PluginNew: ParsableCommand {
  enum Kind: String, ExpressibleByArgument, CaseIterable { case head, backbone }
  enum Language: String, ExpressibleByArgument, CaseIterable { case swift, c }

  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a package for a new head or backbone, ready to build.")
  @Argument(help: "Of the component: a-z, 0-9 and -, beginning with a letter.")
  var name: String
  @Option(help: "What it is.")
  var kind = Kind.head
  @Option(help: "What it is written in.")
  var lang = Language.swift
  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The package's folder (default: KIND-NAME here).", valueName: "folder"))
  var output: String?
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    let legal = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "-")
    }
    guard legal, name.first?.isLetter == true, name.last != "-", name.utf8.count <= 60 else {
      throw ValidationError("the name '\(name)' must be of a-z, 0-9 and -, beginning with a letter")
    }
  }

  func run() throws {
    try reporting {
      guard let files = SharedFiles(executable: PluginSearch.executable()) else {
        throw ValidationError("the templates are missing: no share/zoo/templates beside the folder of this program")
      }
      if let owner = shared.plugins().facts().first(where: { found in
        found.facts?.components.contains { $0.kind.rawValue == kind.rawValue && $0.name == name } ?? false
      }) {
        throw ValidationError("there is a \(kind.rawValue) '\(name)' already, in \(owner.file); choose another name")
      }
      let folder = output ?? "\(kind.rawValue)-\(name)"
      guard ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).isEmpty else {
        throw ValidationError("\(folder) is not empty; nothing was written")
      }
      let template = PluginTemplate(kind: kind.rawValue, language: lang.rawValue, name: name, shared: files)
      try template.write(to: folder)
      for (path, _) in try template.files() { print("\(folder)/\(path)") }
      print("\n  cd \(folder) && \(lang == .c ? "make" : "swift build -c release")")
      print("  \(folder)/README.md says the rest.")
    }
  }
}
