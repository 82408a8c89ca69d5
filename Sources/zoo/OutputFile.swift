import ArgumentParser
import Glibc
import ZooTrain

/// The archive that a command writes.
struct ArchiveOutput: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("The archive to write.", valueName: "file.tar"))
  var output: String
  @Flag(help: "Replace the output where it exists already.")
  var overwrite = false

  /// - Throws: before anything is computed, where the file is in the way.
  func path() throws -> String {
    try checkOutput(output, overwrite: overwrite)
    return output
  }
}

/// The golden outputs that a command puts into the archive it writes.
struct GoldenOptions: ParsableArguments {
  @Flag(name: .customLong("no-golden"), help: "Leave out the input and outputs by which others can check the model.")
  var isLeftOut = false

  /// nil where they are not wanted, or cannot be computed here, which is said.
  func golden(_ model: () throws -> Model) throws -> Golden? {
    guard !isLeftOut else { return nil }
    let model = try model()
    do { return try Golden(model) } catch {
      printError("note: no golden outputs: \(error)")
      return nil
    }
  }
}

/// Refuses a file that exists and may not be replaced, and a folder in its place.
/// - Parameter option: that names the file.
func checkOutput(_ path: String, overwrite: Bool, option: String = "--output") throws {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  if status.st_mode & S_IFMT == S_IFDIR {
    throw TrainError.input(file: path, "is a folder; \(option) must name a file")
  }
  guard overwrite else { throw TrainError.input(file: path, "already exists; give another \(option), or --overwrite") }
}
