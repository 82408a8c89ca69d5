import Testing
import ZooData

@Suite struct SkippedTests {
  @Test(arguments: [1, 3])
  func brokenExamplesCountForNothingAndAreNamed(threads: Int) throws {
    let skipped = SkippedExamples()
    let data = TolerantDataset(CountingDataset(count: 12, broken: [5, 2]), skipped: skipped)
    let transform = try Transform(steps: [.flip(probability: 0.5)], height: 4, width: 4)
    let maker = try BatchMaker(dataset: data, transform: transform, batchSize: 8, seed: 1, phase: .train)
    let whole = try BatchMaker(
      dataset: CountingDataset(count: 12), transform: transform, batchSize: 8, seed: 1, phase: .train)
    let loader = try Loader(maker, batches: 0..<6, threads: threads, prefetch: 2)
    for number in 0..<6 {
      guard let batch = try loader.next() else { return }
      let reference = try whole.makeBatch(number)
      #expect(batch.indices == reference.indices)
      for (row, index) in batch.indices.enumerated() {
        let isBroken = index == 5 || index == 2
        #expect(batch.weights[row] == (isBroken ? 0 : 1) && batch.labels[row] == (isBroken ? -1 : Int32(index % 2)))
        let pixels = Array(batch.images[48 * row..<48 * (row + 1)])
        #expect(
          pixels == (isBroken ? [Float](repeating: 0, count: 48) : Array(reference.images[48 * row..<48 * (row + 1)])))
      }
    }
    #expect(skipped.entries.map(\.place) == ["counted/2.png", "counted/5.png"])
    #expect(skipped.entries[0].reason == "counted/2.png: the PNG image is cut short")
  }
}
