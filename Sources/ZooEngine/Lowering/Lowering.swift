import CZooKernels
import ZooGraph

extension Compiler {
  /// Chooses the kernels of one operation.
  mutating func lower(_ operation: any Operation, _ node: Graph.Node) throws(EngineError) {
    switch operation {
    case let op as Linear: try linear(op, node)
    case is LinearInputGradient: try linearInputGradient(node)
    case is LinearWeightGradient: try linearWeightGradient(node)
    case let op as Quantize: try quantize(op, node)
    case let op as QuantizedLinear: try quantizedLinear(op, node)
    case let op as QuantizedConvolution: try quantizedConvolution(op, node)
    case let op as MatrixProduct: try matrixProduct(op, node)
    case let op as Convolution: try convolution(op, node)
    case let op as ConvolutionInputGradient: try convolutionInputGradient(op, node)
    case let op as ConvolutionWeightGradient: try convolutionWeightGradient(op, node)
    case let op as MaxPool: try maxPool(op, node)
    case let op as MaxPoolGradient: try maxPoolGradient(op, node)
    case let op as WeightStandardise: try weightStandardise(op, node)
    case is WeightStandardiseGradient: try weightStandardiseGradient(node)
    case let op as LayerNorm: try layerNorm(op, node)
    case let op as LayerNormGradient: try layerNormGradient(op, node)
    case let op as GroupNorm: try groupNorm(op, node)
    case let op as GroupNormGradient: try groupNormGradient(op, node)
    case let op as Attention: try attention(op, node)
    case let op as AttentionGradient: try attentionGradient(op, node)
    case let op as Unary: try unary(op, node)
    case let op as UnaryGradient: try unaryGradient(op, node)
    case let op as Binary: try binary(op, node)
    case let op as Scale: try scale(op, node)
    case is ColumnSum: try columnSum(node)
    case let op as Reduce: try reduce(op, node)
    case is ReduceTo: try reduceTo(node)
    case let op as Softmax: try softmax(op, node)
    case let op as SoftmaxGradient: try softmaxGradient(op, node)
    case let op as CrossEntropy: try crossEntropy(op, node)
    case let op as CrossEntropyGradient: try crossEntropyGradient(op, node)
    case let op as OneHot: try oneHot(op, node)
    case is SigmoidCrossEntropy: try sigmoidCrossEntropy(node)
    case is SigmoidCrossEntropyGradient: try sigmoidCrossEntropyGradient(node)
    case is Gather: try gather(node)
    case let op as GatherGradient: try gatherGradient(op, node)
    case let op as TopK: try topK(op, node)
    case let op as TopKGradient: try topKGradient(op, node)
    case is ToFloat: try toFloat(node)
    case is Where: try choose(node)
    case is StopGradient: alias(node.outputs[0], to: try slot(of: node.inputs[0]))
    case is Reshape: alias(node.outputs[0], to: try place(of: node.inputs[0]))
    case let op as Transpose: try transpose(op, node)
    case is Broadcast: try broadcast(node)
    case let op as Slice: try slice(op, node)
    case let op as SliceGradient: try sliceGradient(op, node)
    case let op as Concatenate: try concatenate(op, node)
    case let op as Fill: try fill(op, node)
    case let op as Dropout: try dropout(op, node)
    case is BatchMean: try batchMean(node)
    case is BatchMeanGradient: try batchMeanGradient(node)
    case let op as SampleClasses: try sampleClasses(op, node)
    case is OuterSum: try linearWeightGradient(node)
    case let op as OwnOperation: try own(op, node)
    case let op as OwnOperationGradient: try ownGradient(op, node)
    default: throw .plan(operation: operation.name, "this engine has no kernel for it")
    }
  }

  /// Adds an instruction that reads the node's inputs and writes new slots for its outputs.
  mutating func emit(
    _ operation: String, _ node: Graph.Node, implementation: String = "own", scratch: Int = 0, flops: Int = 0,
    mayOverwrite: [Int] = [], _ bind: @escaping (Operands) -> (() -> Bool)
  ) throws(EngineError) {
    var inputs: [SlotID] = []
    for value in node.inputs { inputs.append(try slot(of: value)) }
    var outputs: [SlotID] = []
    for value in node.outputs { outputs.append(define(value)) }
    instructions.append(
      Instruction(
        operation: operation, implementation: implementation, inputs: inputs, outputs: outputs, scratch: scratch,
        flops: flops, mayOverwrite: mayOverwrite, bind: bind))
  }

  var pool: ThreadPool { engine.pool }
  var kernels: zoo_kernels { engine.kernels }

  /// Leading dimensions multiplied, and the last.
  func rows(_ value: Value) -> (rows: Int, width: Int) {
    let shape = shape(value)
    return (shape.dropLast().reduce(1, *), shape.last ?? 1)
  }
}

/// Elements that are worth a thread of their own in a memory-bound loop.
let elementwiseGrain = 8192
