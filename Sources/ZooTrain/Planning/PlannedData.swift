import ZooData
import ZooRecipe

/// A task's data as a plan found them: every header was read where sizes are wanted, no image decoded.
public struct PlannedData: Sendable {
  /// The name of the task.
  public let task: String
  /// `train` or `evaluate`.
  public let use: String
  /// The folder or file.
  public let origin: String
  public let examples: Int
  /// In the head's order; empty where labels are no classes.
  public let classes: [(name: String, examples: Int)]
  /// What was said about each file whose header cannot be read.
  public let unreadable: [String]
  /// The smallest, the median and the largest by area; nil where none can be read.
  public let sizes: (smallest: ImageSize, median: ImageSize, largest: ImageSize)?

  /// - Parameter readsHeaders: whether sizes are wanted.
  init(_ data: TaskData, task: String, use: String, readsHeaders: Bool = true) {
    let dataset = data.dataset
    (self.task, self.use, origin, examples) = (task, use, dataset.origin, dataset.count)
    classes = dataset.classCounts.enumerated().map { (dataset.className($0.offset), $0.element) }
    var unreadable: [String] = []
    var sizes: [ImageSize] = []
    for index in 0..<(readsHeaders ? dataset.count : 0) {
      do {
        let size = try dataset.size(at: index)
        sizes.append(ImageSize(height: size.height, width: size.width))
      } catch { unreadable.append("\(error)") }
    }
    self.unreadable = unreadable
    sizes.sort { ($0.height * $0.width, $0.height) < ($1.height * $1.width, $1.height) }
    self.sizes = sizes.isEmpty ? nil : (sizes[0], sizes[sizes.count / 2], sizes[sizes.count - 1])
  }
}
