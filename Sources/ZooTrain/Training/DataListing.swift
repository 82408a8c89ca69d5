import Glibc
import ZooArchive
import ZooData

extension PreparedRecipe {
  /// The data of every task, as the archive of the trained model names them.
  func dataSets() -> [Manifest.DataSet] {
    tasks.flatMap { task in
      [("train", task.train), ("evaluate", task.evaluate)].compactMap { use, data in
        data.map {
          Manifest.DataSet(
            task: task.recipe.name, use: use, examples: $0.dataset.count, listing: $0.dataset.listing())
        }
      }
    }
  }
}

extension Dataset {
  /// SHA-256 of the list of examples, which costs no reading of images: a line with the columns of labels and, where the
  /// set is one file, its size; then for each example its name, the bytes of its file (`-` inside a tar or an array), its
  /// weight and its labels.
  func listing() -> String {
    var digest = StreamingDigest()
    let heading = columns.map { "\($0.name) \($0.kind.rawValue) \($0.width)" } + [fileSize(origin)]
    digest.update(heading.joined(separator: "\t") + "\n")
    for index in 0..<count {
      let labels = columns.indices.map { labelText(value(at: index, column: $0)) }
      let facts = [name(at: index), fileSize(place(at: index)), "\(weight(at: index))"] + labels
      digest.update(facts.joined(separator: "\t") + "\n")
    }
    return digest.hex()
  }
}

private func fileSize(_ path: String) -> String {
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return "-" }
  return String(status.st_size)
}

private func labelText(_ value: LabelValue) -> String {
  switch value {
  case .missing: "?"
  case .class(let label): "\(label)"
  case .labels(let labels): labels.map { "\($0.label)=\($0.value)" }.joined(separator: ",")
  case .vector(let numbers): numbers.map { "\($0)" }.joined(separator: ",")
  }
}
