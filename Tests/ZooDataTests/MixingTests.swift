import Testing
import ZooData

@Suite struct MixingTests {
  func draw(_ mixing: Mixing, _ number: Int, count: Int = 6, side: Int = 1) throws -> BatchMix {
    try #require(mixing.draw(seed: 9, number: number, count: count, height: side, width: side))
  }

  @Test func mixupAddsPartners() throws {
    let mixing = try Mixing(mixup: 0.4)
    let images = (0..<6 * 12).map { Float($0 * $0 % 97) }
    var shares: Set<Float> = []
    for number in 0..<20 {
      let mix = try draw(mixing, number, side: 2)
      #expect(mix.partners.sorted() == Array(0..<6) && (0...1).contains(mix.share))
      #expect(try mix == draw(mixing, number, side: 2))
      shares.insert(mix.share)
      let mixed = mix.images(images, height: 2, width: 2)
      for (row, partner) in mix.partners.enumerated() {
        for i in 0..<12 {
          let wanted = mix.share * images[12 * row + i] + (1 - mix.share) * images[12 * partner + i]
          #expect(abs(mixed[12 * row + i] - wanted) <= 1e-5)
        }
      }
    }
    #expect(shares.count == 20)
    #expect(try Mixing().draw(seed: 0, number: 0, count: 6, height: 1, width: 1) == nil)
  }

  @Test(arguments: [0.1, 0.5, 1, 4])
  func sharesAreDrawnFromBeta(alpha: Double) throws {
    let mixing = try Mixing(mixup: alpha)
    let shares = try (0..<4000).map { Double(try draw(mixing, $0, count: 1).share) }
    let mean = shares.reduce(0, +) / 4000
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    #expect(abs(mean - 0.5) < 0.03)
    #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.01)
  }

  @Test func partnersMayBeKeptInsideMicroBatches() throws {
    let mixing = try Mixing(mixup: 1, group: 4)
    var moved = false
    for number in 0..<10 {
      let partners = try draw(mixing, number, count: 10).partners
      #expect(partners.sorted() == Array(0..<10))
      for (row, partner) in partners.enumerated() { #expect(row / 4 == partner / 4) }
      moved = moved || partners != Array(0..<10)
    }
    #expect(moved)
  }

  @Test func cutmixTakesAPartAndItsShare() throws {
    let mixing = try Mixing(cutmix: 1)
    // Each example has a value of its own.
    let images = (0..<8).flatMap { [Float](repeating: Float($0), count: 48) }
    for number in 0..<20 {
      let mix = try draw(mixing, number, count: 8, side: 4)
      let mixed = mix.images(images, height: 4, width: 4)
      for (row, partner) in mix.partners.enumerated() where partner != row {
        let part = mixed[48 * row..<48 * (row + 1)]
        #expect(part.allSatisfy { $0 == Float(row) || $0 == Float(partner) })
        #expect(Float(part.filter { $0 == Float(row) }.count) / 48 == mix.share)
      }
    }
    let both = try Mixing(mixup: 1, cutmix: 1)
    let shares = try (0..<40).map { try draw(both, $0, side: 4).share }
    // CutMix gives whole sixteenths, mixup hardly ever.
    let cuts = shares.filter { ($0 * 16).rounded() == $0 * 16 }.count
    #expect(cuts > 8 && cuts < 32)
  }
}
