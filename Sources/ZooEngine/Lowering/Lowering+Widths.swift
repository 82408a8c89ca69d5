import CZooKernels
import ZooGraph

extension Compiler {
  /// How a value is kept.
  func storage(_ value: Value) -> Storage {
    quantized[value].map(Storage.uint8) ?? (narrow.contains(value) ? .bfloat16 : .float32)
  }

  func isNarrow(_ values: [Value]) -> Bool { values.contains { storage($0) != .float32 } }

  func isBytes(_ value: Value) -> Bool { if case .uint8 = storage(value) { true } else { false } }

  func isAllNarrow(_ values: [Value]) -> Bool { values.allSatisfy { storage($0) == .bfloat16 } }

  /// A value in a width that a plan asks for.
  mutating func operand(_ value: Value, as wanted: Storage) throws(EngineError) -> SlotID {
    let (place, kept) = (try place(of: value), storage(value))
    return kept == wanted ? place : copy(place, count(value), from: kept)
  }

  /// Where a plan that writes `written` puts a value's elements: its own place, or one to copy from.
  mutating func result(_ value: Value, as written: Storage) -> SlotID {
    storage(value) == written ? define(value) : newSlot(bytes: count(value) * written.size)
  }

  /// Gives a value what a plan wrote in another width.
  mutating func keep(_ value: Value, _ slot: SlotID, as written: Storage) {
    if storage(value) != written { _ = copy(slot, count(value), from: written, to: define(value)) }
  }

  /// The same floats in the other width, made once for all readers.
  mutating func copy(_ slot: SlotID, _ count: Int, from storage: Storage, to given: SlotID? = nil) -> SlotID {
    if given == nil, let made = copies[slot] { return made }
    let other = given ?? newSlot(bytes: count * (storage == .float32 ? Storage.bfloat16 : .float32).size)
    if given == nil { slots[other.index].isWhole = run == nil && slots[slot.index].isWhole }
    let (pool, kernels) = (pool, kernels)
    instructions.append(
      Instruction(
        operation: storage == .float32 ? "narrow" : "widen", implementation: "own", inputs: [slot], outputs: [other]
      ) { operands in
        let (from, to) = (operands.inputs[0], operands.outputs[0])
        return {
          pool.split(count, minimum: elementwiseGrain) { range, _ in
            let (start, length) = (range.lowerBound, Int64(range.count))
            switch storage {
            case .float32: kernels.to_bfloat16(Floats(from) + start, to.halves + start, length)
            case .bfloat16: kernels.from_bfloat16(from.halves + start, Floats(to) + start, length)
            case .uint8(let quantization):
              let bytes = from.assumingMemoryBound(to: UInt8.self) + start
              kernels.from_bytes(
                bytes, quantization.scale, Float(quantization.zero), Floats(to) + start, length)
            }
          }
          return true
        }
      })
    copies[slot] = other
    return other
  }

  /// As `emit`, for kernels that take values in the width they are kept in.
  mutating func emitInPlace(
    _ operation: String, _ node: Graph.Node, scratch: Int = 0, flops: Int = 0, mayOverwrite: [Int] = [],
    _ bind: @escaping (Operands) -> (() -> Bool)
  ) throws(EngineError) {
    var inputs: [SlotID] = []
    for value in node.inputs { inputs.append(try place(of: value)) }
    let outputs = node.outputs.map { define($0) }
    instructions.append(
      Instruction(
        operation: operation, implementation: "own", inputs: inputs, outputs: outputs, scratch: scratch, flops: flops,
        mayOverwrite: mayOverwrite, bind: bind))
  }

  /// How to read or write an operand of an instruction.
  func elements(_ value: Value) -> (Memory) -> Elements {
    let (storage, kernels) = (storage(value), kernels)
    return { Elements(memory: $0, storage: storage, kernels: kernels) }
  }
}
