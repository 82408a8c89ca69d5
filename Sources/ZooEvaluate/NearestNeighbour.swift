import ZooData
import ZooTrain

/// Labels by the nearest training image, by Euclidean distance between pixels: what learning has to beat.
///
/// - Parameter transform: the same for both sets; its normalisation scales all distances alike.
/// - Returns: the share of right answers.
public func nearestNeighbourAccuracy(
  train: any Dataset, test: any Dataset, transform: Transform
) throws -> Double {
  func all(_ dataset: any Dataset) throws -> Batch {
    try BatchMaker(dataset: dataset, transform: transform, batchSize: dataset.count, seed: 0, phase: .evaluate)
      .makeBatch(0)
  }
  let (known, asked) = (try all(train), try all(test))
  let width = transform.valueCount
  var correct = 0
  known.images.withUnsafeBufferPointer { a in
    asked.images.withUnsafeBufferPointer { b in
      for row in 0..<asked.count {
        var (best, label) = (Float.infinity, Int32(-1))
        for candidate in 0..<known.count {
          var distance: Float = 0
          for i in 0..<width {
            let difference = a[candidate * width + i] - b[row * width + i]
            distance += difference * difference
          }
          if distance < best { (best, label) = (distance, known.labels[candidate]) }
        }
        correct += label == asked.labels[row] ? 1 : 0
      }
    }
  }
  return Double(correct) / Double(max(asked.count, 1))
}
