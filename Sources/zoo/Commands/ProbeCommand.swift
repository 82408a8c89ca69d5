import ArgumentParser
import ZooArchive
import ZooEvaluate
import ZooReport
import ZooTrain

struct Probe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Measure how well a linear classifier reads classes from a model's features.",
    discussion: """
      Multinomial logistic regression on standardised features, by L-BFGS. Its penalty is chosen on a fifth of the training \
      images; then it learns from all of them.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @OptionGroup var probe: ProbeData
  @Option(
    help: ArgumentHelp(
      "The weight of the penalty |W|²/2 beside the mean cross-entropy (default: the best of 1e2, 1e1, … 1e-6).",
      valueName: "weight"))
  var penalty: Double?
  @Flag(help: "Closed-form ridge regression instead, as in the ViT papers' few-shot measure.")
  var ridge = false
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var features: FeatureOptions
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard penalty.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--penalty must be at least 0")
    }
  }

  func run() throws {
    try reporting {
      let data = try ProbeFeatures(try shared.open(model), probe, features, compute, try shared.store())
      var facts: JSONObject = [
        "top-1": .double(0), "images": .int(Int64(data.test.count)), "training_images": .int(Int64(data.train.count)),
        "activation": .string(features.activation), "shuffled_labels": .bool(probe.shuffleLabels),
      ]
      let accuracy: Double
      var text = ""
      if ridge {
        let penalty = penalty ?? RidgeClassifier.penalty
        accuracy = try RidgeClassifier(data.train, penalty: penalty, data.algebra).accuracy(data.test, data.algebra) ?? 0
        facts["penalty"] = .double(penalty)
        text = "penalty \(rough(penalty)), closed form"
      } else {
        let sweep = try ProbeSweep(data.train, penalties: penalty.map { [$0] } ?? ProbeSweep.penalties, data.algebra)
        accuracy = try sweep.probe.accuracy(data.test, data.algebra) ?? 0
        facts["penalty"] = .double(sweep.probe.penalty)
        facts["converged"] = .bool(sweep.probe.converged)
        facts["held_back"] = .int(Int64(sweep.trials.isEmpty ? 0 : sweep.held))
        facts["trials"] = .array(
          sweep.trials.map {
            ["penalty": .double($0.penalty), "top-1": .double($0.accuracy), "loss": .double($0.loss)]
          })
        text = "penalty \(rough(sweep.probe.penalty))"
        if !sweep.trials.isEmpty { text += ", chosen on \(counted(sweep.held, "image")) held back" }
        if !sweep.probe.converged { text += "; not converged" }
      }
      facts["top-1"] = .double(accuracy)
      if json { return print(JSONValue.object(facts).compact()) }
      print("top-1   \(fixed(accuracy * 100, 2)) %")
      print("images  \(grouped(data.test.count)), learnt from \(grouped(data.train.count))")
      print("probe   \(text)")
    }
  }
}
