import ArgumentParser
import ZooArchive

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make keys for signing, and say which to trust.",
    subcommands: [KeyNew.self, KeyTrust.self, KeyList.self])
}

struct KeyNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a private and a public Ed25519 key.",
    discussion: "NAME.key signs and must stay yours alone; NAME.pub is for those who check what you signed.")

  @Option(name: .shortAndLong, help: ArgumentHelp("The files' path without .key and .pub.", valueName: "name"))
  var output: String

  func run() throws {
    try reporting {
      let key = SigningKey()
      try key.write(stem: output)
      print("wrote \(output).key (keep it secret) and \(output).pub: key \(key.publicKey.hex.prefix(12))")
    }
  }
}

struct KeyTrust: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Trust a public key: signatures by it are told by its name.")

  @Argument(help: ArgumentHelp("The public key.", valueName: "file.pub"))
  var file: String
  @Option(help: "What to call it (default: the file's name).")
  var name: String?
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let key = try PublicKey(path: file)
      var name = name ?? file.split(separator: "/").last.map(String.init) ?? file
      if name.hasSuffix(".pub") { name.removeLast(4) }
      let trusted = try shared.store().trustedKeys()
      try trusted.add(key, named: name)
      print("trusting \(name) (key \(key.hex.prefix(12))); to stop, remove \(trusted.folder)/\(name).pub")
    }
  }
}

struct KeyList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the keys that are trusted.")

  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let trusted = try shared.store().trustedKeys()
      let width = trusted.keys.map(\.name.count).max() ?? 0
      for item in trusted.keys { print("\(padded(item.name, width))  \(item.key.hex)") }
      if trusted.keys.isEmpty { printError("no key is trusted; trust one with: zoo key trust FILE.pub") }
    }
  }
}
