import Glibc
import ZooGraph

/// Why a step failed, where it can say more than that it did. Written on the computing thread, read after a run.
final class RunFailure: @unchecked Sendable { var text: String? }

/// What plans call the kernels that plugins bring.
let pluginImplementation = "plugin"

extension Compiler {
  /// A plugin's function over plain arrays, called as it is.
  mutating func own(_ op: OwnOperation, _ node: Graph.Node) throws(EngineError) {
    let (inputs, outputs) = (node.inputs.map(array), node.outputs.map(shape))
    let (kernel, attributes, failure) = (op.kernel, op.attributes, failure)
    try emit(op.name, node, implementation: pluginImplementation) { operands in
      let arrays = zip(inputs, operands.inputs).map { OwnArray(element: $0.element, shape: $0.shape, base: $1) }
      let results = zip(outputs, operands.outputs).map { OwnResult(shape: $0, base: Floats($1)) }
      return { failure.record(kernel.name, kernel.forward(arrays, attributes, into: results)) }
    }
  }

  mutating func ownGradient(_ op: OwnOperationGradient, _ node: Graph.Node) throws(EngineError) {
    let (kernel, attributes, failure) = (op.operation.kernel, op.operation.attributes, failure)
    let (inputCount, outputCount) = (op.wanted.count, op.given.count)
    let (all, wanted, given) = (node.inputs.map(array), op.wanted, op.given)
    // The gradient of an output that nothing depends on.
    let zeros = try AlignedBuffer(
      bytes: (0..<outputCount).filter { !given[$0] }.map { count(node.inputs[inputCount + $0]) * 4 }.max() ?? 0)
    try emit(op.name, node, implementation: pluginImplementation) { operands in
      let memory = zip(all, operands.inputs).map { OwnArray(element: $0.element, shape: $0.shape, base: $1) }
      let inputs = Array(memory[..<inputCount])
      let outputs = Array(memory[inputCount..<(inputCount + outputCount)])
      var gradients = memory[(inputCount + outputCount)...]
      let outputGradients = zip(outputs, given).map { output, given in
        (given ? gradients.popFirst() : nil) ?? OwnArray(element: .float32, shape: output.shape, base: zeros.base)
      }
      var places = operands.outputs[...]
      let results = zip(inputs, wanted).map { input, wanted in
        OwnResult(shape: input.shape, base: wanted ? places.popFirst().map { Floats($0) } : nil)
      }
      return {
        withExtendedLifetime(zeros) {
          failure.record(
            kernel.name + "-gradient",
            kernel.backward(inputs, attributes, outputs: outputs, outputGradients: outputGradients, into: results))
        }
      }
    }
  }

  private func array(_ value: Value) -> (element: ElementType, shape: [Int]) {
    (graph.type(of: value).element, shape(value))
  }
}

extension RunFailure {
  /// Whether a step went well.
  fileprivate func record(_ operation: String, _ text: String?) -> Bool {
    guard let text else { return true }
    self.text = "\(operation): \(text)"
    return false
  }
}
