import Glibc
import Synchronization
import Testing
import ZooData

/// Images that tell their index, with a count of how many were asked for, and some that are broken.
final class CountingDataset: Dataset {
  let origin = "counted"
  let count: Int
  let classes = ["even", "odd"]
  let classCount = 2
  let broken: Set<Int>
  private let asked = Mutex(0)

  init(count: Int, broken: Set<Int> = []) {
    self.count = count
    self.broken = broken
  }

  var examplesRead: Int { asked.withLock { $0 } }
  func label(at index: Int) -> Int { index % 2 }
  func name(at index: Int) -> String { "\(index).png" }

  func example(at index: Int) throws -> Example {
    asked.withLock { $0 += 1 }
    if broken.contains(index) {
      throw DataError.imageCutShort(origin: place(at: index), format: .png)
    }
    let pixels = (0..<4 * 4 * 3).map { UInt8(($0 * 5 + index * 11) % 256) }
    return .image(try Image(width: 4, height: 4, pixels: pixels))
  }
}

@Suite struct OrderTests {
  @Test func everyEpochIsAPermutationOfItsOwn() throws {
    let order = try EpochOrder(count: 50, seed: 3, shuffle: true)
    let epochs = (0..<3).map { epoch in
      (0..<50).map { place in
        let entry = order.entry(at: epoch * 50 + place)
        #expect(entry.epoch == epoch)
        return entry.index
      }
    }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<50)) }
    #expect(epochs[0] != epochs[1] && epochs[1] != epochs[2])
    // Any position can be asked for first, in any order.
    let again = try EpochOrder(count: 50, seed: 3, shuffle: true)
    #expect(again.entry(at: 120).index == epochs[2][20])
    #expect(again.entry(at: 3).index == epochs[0][3])
    #expect(again.index(step: 7, position: 4, batchSize: 16) == epochs[2][16])
    let other = try EpochOrder(count: 50, seed: 4, shuffle: true)
    #expect((0..<50).map { other.entry(at: $0).index } != epochs[0])
  }

  @Test func unshuffledOrderIsTheDataSets() throws {
    let order = try EpochOrder(count: 3, seed: 3, shuffle: false)
    #expect((0..<7).map { order.entry(at: $0).index } == [0, 1, 2, 0, 1, 2, 0])
  }

  @Test func emptyDataIsAnError() {
    #expect(
      message { _ = try EpochOrder(count: 0, seed: 0, shuffle: true) }
        == "the data set has no examples")
  }
}

@Suite struct LoaderTests {
  func maker(
    _ data: any Dataset, phase: Phase, batchSize: Int = 8, seed: UInt64 = 5
  ) throws -> BatchMaker {
    let transform = try Transform(
      steps: [.crop(height: 3, width: 3, position: .random), .flip(probability: 0.5)], height: 3,
      width: 3)
    return try BatchMaker(
      dataset: data, transform: transform, batchSize: batchSize, seed: seed, phase: phase)
  }

  @Test(arguments: [1, 2, 3])
  func batchesAreTheSynchronousOnesForAnyNumberOfThreads(threads: Int) throws {
    let maker = try maker(CountingDataset(count: 30), phase: .train)
    let loader = try Loader(maker, batches: 2..<22, threads: threads, prefetch: 3)
    for number in 2..<22 {
      let batch = try loader.next()
      #expect(batch == (try maker.makeBatch(number)))
      #expect(batch?.number == number)
    }
    #expect(try loader.next() == nil)
    #expect(try loader.next() == nil)
  }

  @Test func trainingRunsOnIntoTheNextEpoch() throws {
    let maker = try maker(CountingDataset(count: 10), phase: .train, batchSize: 4)
    #expect(maker.batchCount == nil)
    let seen = try (0..<5).flatMap { try maker.makeBatch($0).indices }
    #expect(seen.count == 20)
    #expect(seen[..<10].sorted() == Array(0..<10) && seen[10...].sorted() == Array(0..<10))
  }

  @Test func augmentationDependsOnEpochAndExampleOnly() throws {
    let small = try maker(CountingDataset(count: 10), phase: .train, batchSize: 1)
    let large = try maker(CountingDataset(count: 10), phase: .train, batchSize: 20)
    let all = try large.makeBatch(0)
    for position in 0..<20 {
      let one = try small.makeBatch(position)
      #expect(one.indices == [all.indices[position]])
      #expect(one.images == Array(all.images[position * 27..<(position + 1) * 27]))
    }
    // Somewhere among ten examples, the second epoch crops or flips differently.
    let epochs = (0..<2).map { epoch in
      (0..<10).map { index in
        let place = all.indices[(epoch * 10)..<(epoch * 10 + 10)].firstIndex(of: index) ?? 0
        return Array(all.images[place * 27..<(place + 1) * 27])
      }
    }
    #expect(epochs[0] != epochs[1])
  }

  @Test func microBatchesAreThePartsOfABatch() throws {
    let maker = try maker(CountingDataset(count: 10), phase: .train, batchSize: 8)
    let whole = try maker.makeBatch(3)
    let halves = try [24..<28, 28..<32].map { try maker.makeBatch(positions: $0) }
    #expect(halves.flatMap(\.images) == whole.images)
    #expect(halves.flatMap(\.labels) == whole.labels && halves.flatMap(\.names) == whole.names)
  }

  @Test func evaluationSeesEachExampleOnceAndEndsShort() throws {
    let maker = try maker(CountingDataset(count: 10), phase: .evaluate, batchSize: 4)
    #expect(maker.batchCount == 3)
    let loader = try Loader(maker)
    var sizes: [Int] = []
    var indices: [Int] = []
    while let batch = try loader.next() {
      sizes.append(batch.count)
      indices += batch.indices
      #expect(batch.images.count == batch.count * 27)
      #expect(batch.labels == batch.indices.map { Int32($0 % 2) })
      #expect(batch.names == batch.indices.map { "\($0).png" })
    }
    #expect(sizes == [4, 4, 2] && indices == Array(0..<10))
  }

  @Test func aBrokenImageComesOutInItsPlace() throws {
    let data = CountingDataset(count: 12, broken: [5])
    let loader = try Loader(try maker(data, phase: .evaluate, batchSize: 4), threads: 3)
    #expect(try loader.next()?.indices == [0, 1, 2, 3])
    #expect(message { _ = try loader.next() } == "counted/5.png: the PNG image is cut short")
    #expect(try loader.next()?.indices == [8, 9, 10, 11])
    #expect(try loader.next() == nil)
  }

  @Test func noMoreIsMadeAheadThanAskedFor() throws {
    let data = CountingDataset(count: 100)
    let loader = try Loader(try maker(data, phase: .train), threads: 3, prefetch: 4)
    #expect(settled(data, atLeast: 32) == 32)
    _ = try loader.next()
    #expect(settled(data, atLeast: 40) == 40)
    loader.cancel()
    #expect(message { _ = try loader.next() } == "loading was cancelled")
  }

  /// How many examples were read once at least so many were, and no more come.
  func settled(_ data: CountingDataset, atLeast count: Int) -> Int {
    for _ in 0..<2000 where data.examplesRead < count { usleep(5_000) }
    usleep(50_000)
    return data.examplesRead
  }

  @Test func aLoaderThatNobodyHoldsEndsItsThreads() throws {
    let data = CountingDataset(count: 100)
    for _ in 0..<20 {
      let loader = try Loader(try maker(data, phase: .train), threads: 2, prefetch: 2)
      _ = try loader.next()
    }
    let read = data.examplesRead
    usleep(20_000)
    #expect(data.examplesRead == read)
  }

  @Test func impossibleBatchesAreErrors() throws {
    #expect(
      message { _ = try maker(CountingDataset(count: 3), phase: .train, batchSize: 0) }
        == "a batch size of 0; it must be at least 1")
    for size in [1 << 40, Int.max] {
      #expect(
        message { _ = try maker(CountingDataset(count: 3), phase: .train, batchSize: size) }
          == "a batch of \(size) images of 3 x 3 pixels takes more than 8 GiB; make it smaller")
    }
    let training = try maker(CountingDataset(count: 3), phase: .train)
    for number in [-1, Int.max] {
      #expect(message { _ = try training.makeBatch(number) } == "batch \(number) does not exist")
    }
  }
}
