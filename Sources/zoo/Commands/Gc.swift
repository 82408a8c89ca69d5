import ArgumentParser
import ZooArchive

struct Gc: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Free what the store no longer needs.",
    discussion: "Archives that no model uses, features that nobody used for \(CacheFolder.days) days, and what killed "
      + "processes left behind. Running installs are not disturbed.")

  @Flag(help: "Only say what would be freed.")
  var dryRun = false
  @Flag(help: "All cached features too; the next evaluation computes them again.")
  var features = false
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let freed = try shared.store().collectGarbage(
        dryRun: dryRun, featureDays: features ? 0 : CacheFolder.days)
      if json {
        let value: JSONValue = [
          "archives": .int(Int64(freed.archives)), "temporaries": .int(Int64(freed.temporaries)),
          "features": .int(Int64(freed.features)), "bytes": .int(Int64(freed.bytes)),
        ]
        return print(value.pretty(), terminator: "")
      }
      var parts: [String] = []
      if freed.archives > 0 { parts.append("\(counted(freed.archives, "archive")) that no model uses") }
      if freed.features > 0 { parts.append(counted(freed.features, "cached set") + " of features") }
      if freed.temporaries > 0 { parts.append(counted(freed.temporaries, "unfinished file")) }
      guard !parts.isEmpty else { return print("nothing to free") }
      print("\(dryRun ? "would free" : "freed") \(bytesText(freed.bytes)): \(parts.joined(separator: ", "))")
    }
  }
}
