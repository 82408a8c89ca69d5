import Testing
import ZooTrain

@Suite("What heads learn from")
struct TargetTests {
  typealias Targets = TrainingProgram.Targets

  @Test func classesMix() {
    let targets = Targets(labels: [0, 1, 2], weights: [0.25, 0.25, 0.5])
    let mixed = targets.mixed(with: [1, 2, 0], share: 0.75)
    #expect(mixed.labels == .classes(first: [0, 1, 2], second: [1, 2, 0], mix: [0.75, 0.6, 0.857142857]))
    #expect(mixed.weights == [0.25, 0.3125, 0.4375])
  }

  /// The image that has a label gives its share of the weight; the one that has none gives nothing.
  @Test func aMissingClassMixesIntoNothing() {
    let targets = Targets(labels: [4, -1, 5], weights: [0.5, 0, 0.5])
    let mixed = targets.mixed(with: [1, 0, 2], share: 0.75)
    #expect(mixed.labels == .classes(first: [4, 4, 5], second: [4, 4, 5], mix: [1, 0, 0.75]))
    #expect(mixed.weights == [0.375, 0.125, 0.5])
  }

  @Test func valuesMix() {
    let values: [Float] = [1, 0, 0, 1, .nan, 8]
    let targets = Targets(.values(values, width: 2), weights: [1, 1, 0])
    let mixed = targets.mixed(with: [1, 2, 0], share: 0.75)
    // 1 + 0.25·(0, 1); then the second alone, as the third has no label; then the first alone.
    #expect(mixed.weights == [1, 0.75, 0.25])
    #expect(mixed.labels == .values([0.75, 0.25, 0, 1, 1, 0], width: 2))
  }

  @Test func notMixed() {
    let targets = Targets(labels: [3, -1], weights: [1, 0])
    #expect(targets.mixed(with: [0, 1], share: 1) == targets)
  }
}
