import Testing
import ZooData

@Suite struct MixingTests {
  func maker(_ mixing: Mixing?, batchSize: Int = 6, data: any Dataset = LabelledDataset(), seed: UInt64 = 9) throws
    -> BatchMaker
  {
    try BatchMaker(
      dataset: data, transform: Transform(steps: [], height: 1, width: 1), batchSize: batchSize, seed: seed,
      phase: .train, mixing: mixing)
  }

  @Test func mixupAddsPartnersInTheSameProportionAsLabels() throws {
    let (plain, mixed) = (try maker(nil), try maker(Mixing(mixup: 0.4)))
    for number in 0..<20 {
      let (from, to) = (try plain.makeBatch(number), try mixed.makeBatch(number))
      guard let mix = to.mix else {
        Issue.record("not mixed")
        return
      }
      #expect(mix.partners.sorted() == Array(0..<6) && (0...1).contains(mix.share))
      #expect(to.indices == from.indices && to == (try mixed.makeBatch(number)))
      for (row, partner) in mix.partners.enumerated() {
        let wanted = mix.share * from.images[3 * row] + (1 - mix.share) * from.images[3 * partner]
        #expect(to.images[3 * row] == wanted)
        #expect(to.weights[row] == mix.share * from.weights[row] + (1 - mix.share) * from.weights[partner])
        // A class stays with its share; the partner's stands beside it. Without either there is no label.
        let isMissing = from.labels[row] < 0 || from.labels[partner] < 0
        #expect(to.labels[row] == (from.labels[partner] < 0 ? -1 : from.labels[row]))
        #expect(to.partnerLabels[0][row] == from.labels[partner])
        #expect((to.lossWeights(column: 0, sharing: 1)[row] == 0) == (isMissing || to.weights[row] == 0))
        guard case .values(let old, _, let had) = from.targets[2], case .values(let new, _, let has) = to.targets[2]
        else { return }
        #expect(has[row] == (had[row] && had[partner]))
        if has[row] { #expect(new[2 * row] == mix.share * old[2 * row] + (1 - mix.share) * old[2 * partner]) }
      }
    }
    #expect(to(number: 1, mixed) != to(number: 2, mixed))
    let unmixed = try plain.makeBatch(0)
    #expect(unmixed.mix == nil && unmixed.partnerLabels == [])
  }

  func to(number: Int, _ maker: BatchMaker) -> Float? { (try? maker.makeBatch(number))?.mix?.share }

  @Test(arguments: [0.1, 0.5, 1, 4])
  func sharesAreDrawnFromBeta(alpha: Double) throws {
    let maker = try maker(Mixing(mixup: alpha), batchSize: 1)
    let shares = try (0..<4000).map { Double(try maker.makeBatch($0).mix?.share ?? -1) }
    let mean = shares.reduce(0, +) / 4000
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    #expect(abs(mean - 0.5) < 0.03)
    #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.01)
  }

  @Test func partnersMayBeKeptInsideMicroBatches() throws {
    let maker = try maker(Mixing(mixup: 1, group: 4), batchSize: 10, data: CountingDataset(count: 40))
    var crossed = false
    for number in 0..<10 {
      let partners = try maker.makeBatch(number).mix?.partners ?? []
      #expect(partners.sorted() == Array(0..<10))
      for (row, partner) in partners.enumerated() { #expect(row / 4 == partner / 4) }
      crossed = crossed || partners != Array(0..<10)
    }
    #expect(crossed)
  }

  @Test func cutmixTakesAPartAndItsShare() throws {
    let transform = try Transform(steps: [], height: 4, width: 4)
    let data = CountingDataset(count: 12)
    func maker(_ mixing: Mixing?) throws -> BatchMaker {
      try BatchMaker(dataset: data, transform: transform, batchSize: 8, seed: 2, phase: .train, mixing: mixing)
    }
    let (plain, cut) = (try maker(nil), try maker(Mixing(cutmix: 1)))
    for number in 0..<20 {
      let (from, to) = (try plain.makeBatch(number), try cut.makeBatch(number))
      guard let mix = to.mix else { return }
      for (row, partner) in mix.partners.enumerated() where partner != row {
        let own = (0..<16).filter { to.images[48 * row + 3 * $0] == from.images[48 * row + 3 * $0] }
        let other = (0..<16).filter { to.images[48 * row + 3 * $0] == from.images[48 * partner + 3 * $0] }
        #expect(own.count + other.count >= 16)
        #expect(Float(own.count) / 16 >= mix.share - 1e-6 && Float(other.count) / 16 >= 1 - mix.share - 1e-6)
      }
    }
    let both = try maker(Mixing(mixup: 1, cutmix: 1))
    let shares = try (0..<40).map { try both.makeBatch($0).mix?.share ?? 0 }
    // CutMix gives whole sixteenths, mixup hardly ever.
    let cuts = shares.filter { ($0 * 16).rounded() == $0 * 16 }.count
    #expect(cuts > 8 && cuts < 32)
  }

  @Test func evaluationIsNeverMixed() throws {
    let maker = try BatchMaker(
      dataset: LabelledDataset(), transform: Transform(steps: [], height: 1, width: 1), batchSize: 6, seed: 0,
      phase: .evaluate, mixing: Mixing(mixup: 1))
    #expect(try maker.makeBatch(0).mix == nil)
  }
}

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
