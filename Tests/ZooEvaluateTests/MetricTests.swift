import Testing
import ZooData
import ZooEvaluate

/// Metrics against scikit-learn 1.9 on the same numbers.
@Suite struct MetricTests {
  private func isClose(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    a.map { abs($0 - b) <= tolerance } ?? false
  }

  private let scores: [Float] = [0.9, 0.4, 0.4, -1.2, 0.4, 2.0, 0.0, 0.9, -0.3, 0.1, 0.1, -0.3]
  private let positives = [1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0].map { $0 == 1 }

  @Test func rankingWithTies() {
    #expect(isClose(areaUnderCurve(scores, positives), 0.6714285714285715))
    #expect(isClose(averagePrecision(scores, positives), 0.6242424242424243))
  }

  @Test func rankingNeedsBothKinds() {
    #expect(areaUnderCurve([1, 2], [true, true]) == nil)
    #expect(areaUnderCurve([1, 2], [false, false]) == nil)
    #expect(averagePrecision([1, 2], [false, false]) == nil)
    #expect(averagePrecision([1, 2], [true, true]) == 1)
    #expect(areaUnderCurve([3, 1], [true, false]) == 1)
    #expect(areaUnderCurve([1, 3], [true, false]) == 0)
    #expect(areaUnderCurve([.nan, 3], [true, false]) == 0)
  }

  private let labels = [0, 0, 1, 1, 2, 2, 2, 4, 4, 1, 0, 2, 1, 4, 4]
  private let answers = [0, 1, 1, 1, 2, 0, 2, 4, 2, 1, 0, 3, 0, 4, 4]

  @Test func confusion() {
    let matrix = ConfusionCounts(classes: 5, labels: labels, answers: answers)
    #expect(
      matrix.counts == [
        2, 1, 0, 0, 0, 1, 3, 0, 0, 0, 1, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 3,
      ])
    // Class 3 is never a label: no part of the mean per class, but an answer that F1 counts.
    let counts = ClassCounts(classes: 5, labels: labels, answers: answers)
    #expect(isClose(counts.f1Macro, 0.55))
    #expect(isClose(counts.meanPerClass, 0.6666666666666666))
    #expect(isClose(counts.accuracy, 0.6666666666666666))
    #expect(isClose(matrix.quadraticKappa, 0.8272251308900523))
    #expect(matrix.total == 15)
    #expect(matrix[2, 3] == 1)
  }

  @Test func confusionOfNothing() {
    let matrix = ConfusionCounts(classes: 3, labels: [-1, 3], answers: [0, 0])
    #expect(matrix.total == 0)
    let counts = ClassCounts(classes: 3, labels: [-1, 3], answers: [0, 0])
    #expect(counts.accuracy == nil && counts.f1Macro == nil && counts.meanPerClass == nil)
    #expect(matrix.quadraticKappa == nil)
  }

  @Test func errors() {
    let pairs = zip(labels, answers).map { (Double($0), Double($1)) }
    #expect(isClose(meanAbsoluteError(pairs), 0.4666666666666667))
    #expect(isClose(rootMeanSquareError(pairs), 0.8563488385776752))
    #expect(meanAbsoluteError([]) == nil && rootMeanSquareError([]) == nil)
  }

  /// By hand: two bins of the fifteen, (0.6, 0.667] with 2 of 3 right at 0.65 and (0.933, 1] with 1 of 1 at 0.95.
  @Test func calibration() {
    let error = calibrationError([0.62, 0.65, 0.68 - 0.02, 0.95], [true, false, true, true])
    #expect(isClose(error, (abs(1.93 - 2) + 0.05) / 4))
    // The ends: 0 falls into the first bin, and an upper end into its own.
    #expect(isClose(calibrationError([0, 1], [false, true]), 0))
    #expect(isClose(calibrationError([0.5, 0.500001], [true, false], bins: 2), (0.5 + 0.500001) / 2))
    #expect(calibrationError([], []) == nil)
  }

  @Test func classifier() {
    let logits: [Float] = [
      2.32, 1.66, -3.29, -0.51, -1.96, 1.15, -2.58, 0.04, -0.08, -0.61, -0.6, -0.79, -2.18, -2.71, 0.45, -0.72, 3.84,
      1.43, -4.0, 0.54, -2.2, 1.57, 0.09, -3.98, -0.47, -0.51, 1.92, -2.36, 1.48, -2.2, -0.66, -1.68, 2.9, 1.14, 4.86,
      1.28, 1.69, 1.68, -1.21, -0.14,
    ]
    let labels: [Int32] = [0, 1, 2, 3, 0, 1, 2, 3, 1, 2]
    var answers = ClassAnswers(names: ["a", "b", "c", "d"])
    // In two batches, with an example that has no label.
    answers.add(Array(logits.prefix(12)), .classes(Array(labels.prefix(3))), examples: [0, 1, 2])
    answers.add(
      Array(logits.dropFirst(12)) + [9, 9, 9, 9], .classes(Array(labels.dropFirst(3)) + [-1]),
      examples: [3, 4, 5, 6, 7, 8, 9, 10])
    let result = answers.measures { _ in true }
    for (name, value) in [
      ("top-1", 0.5), ("auc", 0.7395833333333333), ("loss", 1.526094985343093), ("f1-macro", 0.4261904761904762),
      ("mean-per-class", 0.5), ("calibration-error", 0.3446680595682887),
    ] {
      #expect(isClose(result[name], value, 1e-6), "\(name): \(result[name] ?? .nan)")
    }
    #expect(result["images"] == 10)
    #expect(result["top-5"] == nil)
    #expect(result.classes.map(\.count) == [2, 3, 3, 2])
    #expect(result.confusion?.total == 10)
    // Any part of the examples.
    let part = answers.measures { $0 < 2 }
    #expect(part["images"] == 2 && part["top-1"] == 1)
    #expect(answers.measures { _ in false }.values.map(\.name) == ["images"])
  }

  @Test func topFiveAndTies() {
    var answers = ClassAnswers(names: (0..<7).map(String.init))
    // Equal scores count in the order of the classes: label 4 is fifth, label 5 is sixth.
    answers.add([Float](repeating: 1, count: 14), .classes([4, 5]), examples: [0, 1])
    let result = answers.measures { _ in true }
    #expect(result["top-1"] == 0 && result["top-5"] == 0.5)
  }

  @Test func severalLabels() {
    let logits: [Float] = [
      1.35, -0.4, 0.19, -0.02, 0.61, -0.36, -0.15, 0.24, 0.1, -0.86, 0.9, -1.3, -1.2, -1.28, 0.97, -0.36, -0.97, -1.14,
      0.42, -1.05, -1.27, 0.61, -1.2, -0.32,
    ]
    let labels: [Float] = [1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1]
    var answers = LabelAnswers(names: ["x", "y", "z"])
    answers.add(
      logits + [5, 5, 5], .values(labels + [0, 0, 0], width: 3, present: [Bool](repeating: true, count: 8) + [false]),
      examples: Array(0..<9))
    let result = answers.measures { _ in true }
    for (name, value) in [
      ("mean-average-precision", 0.6235449735449735), ("auc", 0.5666666666666667), ("f1-macro", 0.42857142857142855),
      ("f1-micro", 0.42105263157894735), ("loss", 0.7128022758058243),
    ] {
      #expect(isClose(result[name], value, 1e-6), "\(name): \(result[name] ?? .nan)")
    }
    #expect(result["images"] == 8)
    #expect(result.classes.map(\.count) == [3, 3, 4])
  }

  /// A label that is unknown of an image is no error and no success.
  @Test func unknownLabels() {
    var answers = LabelAnswers(names: ["x", "y"])
    answers.add([3, -3, 3, 3], .values([1, .nan, .nan, 0], width: 2, present: [true, true]), examples: [0, 1])
    let result = answers.measures { _ in true }
    #expect(result["mean-average-precision"] == 1)
    #expect(isClose(result["f1-micro"], 2.0 / 3))
    #expect(result["auc"] == nil)
  }

  @Test func numbers() {
    var answers = NumberAnswers(names: ["age", "height"])
    answers.add(
      [30, 1.5, 40, 2, 50, 9], .values([33, 1.5, 40, .nan, 0, 0], width: 2, present: [true, true, false]),
      examples: [0, 1, 2])
    let result = answers.measures { _ in true }
    #expect(isClose(result["mean-absolute-error"], 1))
    #expect(isClose(result["root-mean-square-error"], 3.0.squareRoot()))
    #expect(isClose(result["mean-absolute-error/age"], 1.5))
    #expect(isClose(result["root-mean-square-error/height"], 0))
    #expect(result["images"] == 2)
  }

  @Test func levels() {
    var answers = LevelAnswers(names: ["none", "some", "much"])
    // 2 of 2 thresholds passed; 1; 0; and one without a label.
    answers.add([2, 1, 1, -1, -1, -2, 5, 5], .classes([2, 0, 0, -1]), examples: [0, 1, 2, 3])
    let result = answers.measures { _ in true }
    #expect(isClose(result["mean-absolute-error"], 1.0 / 3))
    #expect(isClose(result["top-1"], 2.0 / 3))
    #expect(result.confusion?.counts == [1, 1, 0, 0, 0, 0, 0, 0, 1])
  }

  @Test func groupsApart() {
    let report = GroupReport(
      column: "tone",
      groups: [
        ("1", [("top-1", 0.9), ("loss", 0.3), ("images", 10)]), ("2", [("top-1", 0.6), ("loss", 0.9), ("images", 99)]),
        ("3", [("top-1", 0.7), ("images", 4)]),
      ])
    #expect(report.worst.map(\.metric) == ["top-1", "loss"])
    #expect(report.worst.map(\.group) == ["2", "2"])
    #expect(isClose(report.worst[0].gap, 0.3) && isClose(report.worst[1].gap, 0.6))
    #expect(GroupReport(column: "x", groups: [("only", [("top-1", 1)])]).worst == [])
  }
}
