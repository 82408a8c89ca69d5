import CZooKernels
import ZooGraph

/// Turns a graph into a program: lowers operations to instructions, plans memory, binds pointers.
struct Compiler {
  let graph: Graph
  let engine: Engine
  let store: ParameterStore
  /// Images at a time: the whole batch, or fewer while nodes of a run are lowered.
  private(set) var batch: Int
  private let wholeBatch: Int
  let mode: ProgramMode
  let precision: Precision
  /// Whether the weights of products are laid out anew, for speed.
  let packs: Bool
  let failure = RunFailure()

  var slots: [Slot] = []
  var instructions: [Instruction] = []
  private var slotOf: [Value: SlotID] = [:]
  private var inputs: [String: (SlotID, TensorType)] = [:]
  /// Packed weights made so far, by the plain slot.
  var packings: [SlotID: [(key: PackingKey, slot: SlotID)]] = [:]
  /// Values kept in bfloat16.
  var narrow = NarrowValues()
  /// Values kept as bytes.
  var quantized = QuantizedValues()
  /// Copies in the other width made so far.
  var copies: [SlotID: SlotID] = [:]
  private var portions = BatchPortions(nodes: 0)
  /// The run whose nodes are being lowered.
  private(set) var run: Int?

  init(
    graph: Graph, engine: Engine, store: ParameterStore, batch: Int, mode: ProgramMode, precision: Precision = .float32,
    packs: Bool = true
  ) {
    (self.graph, self.engine, self.store, self.batch, wholeBatch) = (graph, engine, store, batch, batch)
    (self.mode, self.precision, self.packs) = (mode, precision, packs)
  }

  struct Compiled {
    var arena: AlignedBuffer
    var persistent: [AlignedBuffer]
    var prologue: [() -> Bool], body: [() -> Bool]
    var inputs: [String: (memory: Memory, type: TensorType)]
    var outputs: [String: (memory: Memory, type: TensorType)]
    var plan: ProgramPlan
    var failure: RunFailure
  }

  mutating func compile(
    outputs: [(name: String, value: Value)], gradients: [(parameter: String, value: Value)],
    into block: ParameterBlock?, recompute: Recompute = .none
  ) throws(EngineError) -> Compiled {
    let forward = graph.reachable(from: outputs.map(\.value))
    let needed = graph.reachable(from: outputs.map(\.value) + gradients.map(\.value))
    if precision == .bfloat16 {
      narrow = NarrowValues(graph, needed: needed, keeping: Set(outputs.map(\.value) + gradients.map(\.value)),
        products: mode == .training)
    }
    quantized = QuantizedValues(
      graph, needed: needed, keeping: Set(outputs.map(\.value) + gradients.map(\.value)), narrows: precision == .bfloat16)
    portions =
      mode == .inference && batch > 1
      ? BatchPortions(
        graph, needed: needed, keeping: Set(outputs.map(\.value)), batch: batch,
        cache: Processor.privateCache * engine.pool.threads
      ) { graph.type(of: $0).count(batch: 1) * elementSize($0) } : BatchPortions(nodes: graph.nodes.count)
    // Gradients come last: differentiation appends them.
    var forwardCount: Int?
    for (index, node) in graph.nodes.enumerated() where needed[index] {
      if !forward[index], case .operation = node.kind, forwardCount == nil { forwardCount = instructions.count }
      enter(portions.runs[index])
      let start = instructions.count
      try lower(node)
      for position in start..<instructions.count { instructions[position].run = run }
    }
    enter(nil)
    try place(gradients, into: block)
    for output in outputs {
      let slot = try slot(of: output.value)
      slots[slot.index].pinned = true
    }
    if let forwardCount {
      var recomputation = Recomputation(instructions, slots: slots, forward: forwardCount)
      recomputation.apply(recompute)
      (instructions, slots) = (recomputation.instructions, recomputation.slots)
    }
    let once = mode == .inference ? parameterOnly() : []
    return try bind(outputs: outputs, once: once, gradients: block)
  }

  /// Copies of one run are of no use to another, which has other images at a time.
  private mutating func enter(_ next: Int?) {
    guard next != run else { return }
    copies = [:]
    run = next
    batch = next.map { portions.sizes[$0] } ?? wholeBatch
  }

  // MARK: slots

  mutating func newSlot(bytes: Int) -> SlotID {
    slots.append(Slot(bytes: bytes, place: .arena))
    return SlotID(index: slots.count - 1)
  }

  /// Where a value lies, in its own width.
  func place(of value: Value) throws(EngineError) -> SlotID {
    guard let slot = slotOf[value] else { throw .plan(operation: "program", "value \(value.index) was never computed") }
    return slot
  }

  /// A value as float32; one that is kept narrow is widened.
  mutating func slot(of value: Value) throws(EngineError) -> SlotID {
    let place = try place(of: value)
    return storage(value) == .bfloat16 ? copy(place, count(value), from: .bfloat16) : place
  }

  /// The value has the same memory as another (a reshape).
  mutating func alias(_ value: Value, to slot: SlotID) { slotOf[value] = slot }

  mutating func define(_ value: Value) -> SlotID {
    let type = graph.type(of: value)
    // Within a run a value is as large as a portion, unless others read or write it too.
    let isWhole = run == nil || portions.crossing.contains(value)
    let slot = newSlot(bytes: type.count(batch: isWhole ? wholeBatch : batch) * elementSize(value))
    slots[slot.index].isWhole = isWhole && type.isBatched
    slotOf[value] = slot
    return slot
  }

  /// Bytes of an element, as it is kept.
  func elementSize(_ value: Value) -> Int {
    let element = graph.type(of: value).element
    return element == .float32 ? storage(value).size : element.size
  }

  func shape(_ value: Value) -> [Int] { graph.type(of: value).shape(batch: batch) }
  func count(_ value: Value) -> Int { graph.type(of: value).count(batch: batch) }

  private mutating func lower(_ node: Graph.Node) throws(EngineError) {
    switch node.kind {
    case .input(let name):
      let slot = define(node.outputs[0])
      slots[slot.index].pinned = true
      // Set before a run, whose prologue works in the arena.
      slots[slot.index].place = .persistent
      inputs[name] = (slot, graph.type(of: node.outputs[0]))
    case .parameter(let spec):
      guard let entry = store.entry(spec.name), entry.spec.shape == spec.shape, let memory = store.pointer(spec.name)
      else {
        throw .binding("the store has no parameter '\(spec.name)' of shape \(describe(spec.shape))")
      }
      try external(node.outputs[0], Memory(memory))
    case .state(let spec):
      guard let memory = store.statePointer(spec.name) else { throw .binding("the store has no state '\(spec.name)'") }
      try external(node.outputs[0], Memory(memory))
    case .operation(let operation): try lower(operation, node)
    }
  }

  private mutating func external(_ value: Value, _ memory: Memory) throws(EngineError) {
    let slot = define(value)
    slots[slot.index].place = .external(memory)
  }

  /// Gradients are written where they belong; one that is shared or passed through is copied there.
  private mutating func place(
    _ gradients: [(parameter: String, value: Value)], into block: ParameterBlock?
  ) throws(EngineError) {
    guard let block else { return }
    for gradient in gradients {
      guard let entry = store.entry(gradient.parameter), let place = block.offset(gradient.parameter) else {
        throw .binding("there is no room for the gradient of '\(gradient.parameter)'")
      }
      let memory = Memory(block.floats + place)
      let slot = try slot(of: gradient.value)
      if case .arena = slots[slot.index].place, !slots[slot.index].pinned {
        slots[slot.index].place = .external(memory)
      } else {
        let copy = newSlot(bytes: entry.count * 4)
        slots[copy.index].place = .external(memory)
        let bytes = entry.count * 4
        instructions.append(
          Instruction(operation: "copy", implementation: "own", inputs: [slot], outputs: [copy]) { operands in
            {
              operands.outputs[0].copyMemory(from: operands.inputs[0], byteCount: bytes); return true
            }
          })
      }
    }
  }

  /// The instructions whose results depend on parameters alone.
  private func parameterOnly() -> Set<Int> {
    var varying = Set(inputs.values.map(\.0))
    var once = Set<Int>()
    for (index, instruction) in instructions.enumerated() {
      if instruction.inputs.contains(where: varying.contains) || instruction.outputs.contains(where: varying.contains) {
        varying.formUnion(instruction.outputs)
      } else {
        once.insert(index)
      }
    }
    return once
  }

  /// The parts of a block of gradients, and the slots that lie in them.
  private func parts(of block: ParameterBlock) -> [MemoryPlan.GradientPart] {
    var owner: [Memory: Int] = [:]
    for (index, slot) in slots.enumerated() { if case .external(let memory) = slot.place { owner[memory] = index } }
    return block.entries.map { entry in
      let offset = (block.offset(entry.spec.name) ?? 0) * 4
      return .init(slot: owner[Memory(block.floats) + offset], offset: offset, bytes: entry.count * 4)
    }
  }

  // MARK: binding

  private mutating func bind(
    outputs: [(name: String, value: Value)], once: Set<Int>, gradients: ParameterBlock?
  ) throws(EngineError) -> Compiled {
    // What the prologue makes for the body lasts; what it makes for itself shares a small arena of its own.
    let early = instructions.indices.filter(once.contains).map { instructions[$0] }
    let late = instructions.indices.filter { !once.contains($0) }.map { instructions[$0] }
    let lasting = Set(late.flatMap(\.inputs))
    for slot in Set(early.flatMap(\.outputs)) where lasting.contains(slot) || slots[slot.index].pinned {
      if case .arena = slots[slot.index].place { slots[slot.index].place = .persistent }
    }
    let earlyPlan = MemoryPlan(slots: slots, instructions: early)
    let latePlan = MemoryPlan(
      slots: slots, instructions: late, placing: Set(inputs.values.map(\.0.index)),
      gradients: gradients.map { ($0.span * 4, parts(of: $0)) } ?? (0, []))
    let scratchBytes = instructions.map(\.scratch).max() ?? 0
    let planned = (max(earlyPlan.bytes, latePlan.bytes) + 63) / 64 * 64
    let arena = try AlignedBuffer(bytes: planned + scratchBytes + 64)
    let scratch = arena.base + planned
    var persistent: [AlignedBuffer] = []
    var memory = [Memory](repeating: arena.base, count: slots.count)
    for (index, slot) in slots.enumerated() {
      switch slot.place {
      case .arena:
        switch earlyPlan.places[index] ?? latePlan.places[index] {
        case .gradients(let offset)?: memory[index] = gradients.map { Memory($0.floats) + offset } ?? arena.base
        case .arena(let offset)?: memory[index] = arena.base + offset
        case nil: break
        }
      case .external(let pointer): memory[index] = pointer
      case .persistent:
        let buffer = try AlignedBuffer(bytes: slot.bytes)
        persistent.append(buffer)
        memory[index] = buffer.base
      }
    }
    var (prologue, body, lines) = ([() -> Bool](), [() -> Bool](), [ProgramPlan.Line]())
    func bound(_ instruction: Instruction, portion: Int) -> () -> Bool {
      func pointers(_ ids: [SlotID]) -> [Memory] {
        ids.map { id in
          guard let run = instruction.run, slots[id.index].isWhole else { return memory[id.index] }
          return memory[id.index] + portion * (slots[id.index].bytes / wholeBatch * portions.sizes[run])
        }
      }
      return instruction.bind(
        Operands(inputs: pointers(instruction.inputs), outputs: pointers(instruction.outputs), scratch: scratch))
    }
    for (index, instruction) in instructions.enumerated() where once.contains(index) {
      prologue.append(bound(instruction, portion: 0))
    }
    var rest = late[...]
    while let next = rest.first {
      // All of a run for one portion of the batch, then for the next.
      let group = rest.prefix { $0.run == next.run }
      rest = rest.dropFirst(group.count)
      for portion in 0..<(next.run.map { wholeBatch / portions.sizes[$0] } ?? 1) {
        for instruction in group {
          body.append(bound(instruction, portion: portion))
          lines.append(
            .init(
              operation: instruction.operation, implementation: instruction.implementation, flops: instruction.flops,
              again: instruction.again))
        }
      }
    }
    var results: [String: (memory: Memory, type: TensorType)] = [:]
    for output in outputs {
      results[output.name] = (memory[try place(of: output.value).index], graph.type(of: output.value))
    }
    return Compiled(
      arena: arena, persistent: persistent, prologue: prologue, body: body,
      inputs: inputs.mapValues { (memory[$0.0.index], $0.1) }, outputs: results,
      plan: ProgramPlan(
        instructions: lines, prologueCount: prologue.count, arenaBytes: arena.bytes,
        persistentBytes: persistent.reduce(0) { $0 + $1.bytes },
        liveBytes: max(earlyPlan.liveBytes, latePlan.liveBytes) + scratchBytes),
      failure: failure)
  }
}
