import ZooRecipe

/// Why a model cannot be made, read, trained or used. Rooms below have errors of their own, which pass through.
public enum TrainError: Error, Sendable, CustomStringConvertible {
  /// Arrays of a checkpoint or archive that do not fit the architecture; all of them in one message.
  case weights(file: String, missing: [String], extra: [String], reshaped: [String])
  /// A model or data that does not fit the recipe, or that is not there, at its place in the file.
  case recipe(RecipeError)
  /// A model that cannot do what was asked.
  case model(String, String)
  /// A name that somebody gave and that is not there, such as a card's or a head's.
  case unknownName(String, String)
  /// An input file of the wrong shape or kind.
  case input(file: String, String)
  /// Training left the numbers: the loss, or the gradients' norm where the loss was still a number.
  case notFinite(step: Int, loss: Double, norm: Double?, files: [String])
  /// Training left the numbers after a step whose loss and gradients were numbers.
  case weightsNotFinite(step: Int)
  /// A run that failed for the reason in `cause` after a checkpoint was written.
  case failedAfterCheckpoint(step: Int, path: String, cause: String)
  /// Ended by a signal; a checkpoint is written.
  case interrupted(step: Int)

  public var description: String {
    switch self {
    case .weights(let file, let missing, let extra, let reshaped):
      var lines = ["\(file): the arrays do not fit the architecture"]
      for (what, names) in [("missing", missing), ("not wanted", extra), ("of another shape", reshaped)]
      where !names.isEmpty {
        let shown = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", … (\(names.count) in all)" : "")
        lines.append("  \(what): \(shown)")
      }
      return lines.joined(separator: "\n")
    case .recipe(let error): return "\(error)"
    case .model(let name, let text), .unknownName(let name, let text): return "\(name): \(text)"
    case .input(let file, let text): return "\(file): \(text)"
    case .notFinite(let step, let loss, let norm, let files):
      let shown = files.prefix(4).joined(separator: ", ") + (files.count > 4 ? ", …" : "")
      let (what, value) = norm.map { ("gradients' norm", $0) } ?? ("loss", loss)
      return "the \(what) became \(value.isNaN ? "no number" : "infinite") at step \(step) (its batch: \(shown)); "
        + "a lower rate, a warm-up or clip-norm may help"
    case .weightsNotFinite(let step):
      return "a weight became infinite or no number at step \(step); a lower rate, a warm-up or clip-norm may help"
    case .failedAfterCheckpoint(let step, let path, let cause):
      return "\(cause)\n  the last good checkpoint is that of step \(step), \(path)"
    case .interrupted(let step):
      return "stopped after step \(step) by a signal; the same command with --resume goes on from there"
    }
  }
}

extension TrainError {
  /// Whether training left the numbers.
  var isDivergence: Bool {
    switch self {
    case .notFinite, .weightsNotFinite: true
    default: false
    }
  }

  static func cannotResume(_ path: String, because difference: String) -> TrainError {
    .input(file: path, "the run cannot be resumed to the same result: \(difference)")
  }

  static func matchesNothing(
    _ pattern: ParameterPattern, at location: SourceLocation, _ names: [String]
  ) -> TrainError {
    let close = suggestion(for: pattern.description, among: names).map { "did you mean '\($0)'?" }
    let some = names.prefix(3) + names.suffix(2)
    return .recipe(
      RecipeError(
        at: location, "no parameter of the model matches '\(pattern)'",
        hint: close ?? "its parameters are \(some.prefix(3).joined(separator: ", ")), …, "
          + some.suffix(2).joined(separator: ", ")))
  }

  /// What is to be the best by a metric that nobody measures.
  /// - Parameter known: the metrics there are.
  public static func unmeasured(_ best: KeepBestSettings, known: [String]) -> TrainError {
    .recipe(
      RecipeError(
        at: best.location, "no task is measured by '\(best.metric)'",
        hint: (suggestion(for: best.metric, among: known).map { "did you mean '\($0)'? " } ?? "")
          + "there are \(known.joined(separator: ", "))"))
  }

  static func matchesNoLinear(_ match: LoraSettings.Match, _ names: [String]) -> TrainError {
    .recipe(
      RecipeError(
        at: match.location, "no linear weight of the trunk matches '\(match.pattern)'",
        hint: names.isEmpty
          ? "the trunk has no linear layers"
          : suggestion(for: match.pattern.description, among: names).map { "did you mean '\($0)'?" }
            ?? "its linear weights are " + names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")))
  }

  static func noOutput(_ name: String, of model: Model, known: [String]) -> TrainError {
    let hint = suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
    return .unknownName(
      model.origin.archive?.name ?? "model",
      "has no output '\(name)'; " + (hint ?? "it has \(known.joined(separator: ", "))"))
  }

  static func noCard(_ name: String, known: [String], directories: [String]) -> TrainError {
    guard !known.isEmpty else {
      let places = directories.isEmpty ? "nowhere to look" : "none in " + directories.joined(separator: ", ")
      return .unknownName(
        "card '\(name)'", "there are no cards (\(places)); name their folder with --cards or $ZOO_CARDS")
    }
    let close = suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
    return .unknownName("card '\(name)'", "there is none of this name; \(close ?? "zoo card list names them all")")
  }
}
