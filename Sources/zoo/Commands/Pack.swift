import ArgumentParser
import Glibc
import ZooArchive
import ZooTrain

struct Pack: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make an archive of an unpacked folder.",
    discussion: """
      The folder holds what zoo unpack wrote. Unedited, it gives the archive that it came from, byte for byte. Edited files \
      make a new model with the old one as its parent: digests are made anew, signatures are left out, and golden outputs are \
      computed anew where the config or the weights changed.
      """)

  @Argument(help: ArgumentHelp("The folder.", valueName: "folder"))
  var folder: String
  @OptionGroup var target: ArchiveOutput
  @OptionGroup var golden: GoldenOptions
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let output = try target.path()
      let packing = try FolderPacking(folder: folder, zoo: zooVersion)
      for note in packing.notes { printError("note: \(note)") }
      let digest = try packing.isUnchanged ? packing.write(to: output) : writeEdited(packing, to: output)
      let kind = packing.isUnchanged ? "" : ", edited"
      print("wrote \(output): \(packing.manifest.name) (\(digest.prefix(12)))\(kind)")
    }
  }

  /// The model is opened as an archive before it gets its name, so that files that do not fit one another are refused.
  private func writeEdited(_ packing: FolderPacking, to output: String) throws -> String {
    let draft = output + ".draft-\(getpid())"
    try packing.write(to: draft)
    defer { unlink(draft) }
    let hasGolden = packing.manifest.members.contains { $0.role == .golden }
    let model: Model
    do { model = try Model.open(draft, plugins: shared.plugins()) } catch {
      throw TrainError.model(folder, "cannot be packed: " + "\(error)".replacing(draft, with: folder))
    }
    let golden = hasGolden ? nil : try golden.golden { model }
    return try packing.write(to: output, golden: try golden?.members() ?? [])
  }
}
