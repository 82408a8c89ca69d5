import ArgumentParser
import FoundationEssentials
import Glibc
import ZooArchive
import ZooEvaluate
import ZooReport
import ZooTrain

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Put results of few-shot, vtab and training on one page.",
    discussion: """
      A run is a file that 'few-shot -o' or 'vtab -o' wrote, or the folder of a training run. The page has curves over the \
      number of labels with their spread, tables, and the lineage of every model that is in the store or among the runs.
      """)

  @Argument(help: ArgumentHelp("Files of results, or folders of training runs.", valueName: "run"))
  var runs: [String]
  @Option(name: .shortAndLong, help: ArgumentHelp("The page to write.", valueName: "report.html"))
  var output: String
  @Option(help: ArgumentHelp("Of the page.", valueName: "text"))
  var title = "Transfer, measured"
  @Flag(help: "Replace the output where it exists already.")
  var overwrite = false
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      try checkOutput(output, overwrite: overwrite)
      var maker = TransferReportMaker(title: title, store: try shared.store())
      for run in runs { try maker.add(run) }
      try AtomicFile.write(maker.report.html(), to: output)
      print("wrote \(output)")
    }
  }
}
