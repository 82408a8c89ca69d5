/// Memory that instructions read and write.
struct Slot {
  enum Place {
    /// Planned by lifetime into the program's arena.
    case arena
    /// Filled once for each version of the parameters (inference).
    case persistent
    /// Given from outside: parameters, gradients.
    case external(Memory)
  }
  var bytes: Int
  var place: Place
  /// Holds until the run ends (outputs) or from its start (inputs).
  var pinned = false
  /// Has something for every image of the batch, of which an instruction of a portion sees its images' share.
  var isWhole = false
}

/// A slot by number.
struct SlotID: Hashable, Sendable { let index: Int }

/// The pointers an instruction runs with.
struct Operands {
  let inputs: [Memory]
  let outputs: [Memory]
  let scratch: Memory
  func input(_ position: Int) -> Floats { Floats(inputs[position]) }
  func output(_ position: Int) -> Floats { Floats(outputs[position]) }
}

/// One kernel call of a program.
struct Instruction {
  /// The graph's operation, for profiles.
  var operation: String
  /// What computes it.
  var implementation: String
  var inputs: [SlotID]
  var outputs: [SlotID]
  var scratch = 0
  var flops = 0
  /// The run of `BatchPortions` it belongs to: it is called for each portion of the batch.
  var run: Int?
  /// Whether it repeats one of the forward pass for the backward pass.
  var again = false
  /// An input whose memory the first output may take over if it is not read later.
  var mayOverwrite: [Int] = []
  /// Makes the call for fixed memory. False from the call: a library failed.
  var bind: (Operands) -> (() -> Bool)
}
