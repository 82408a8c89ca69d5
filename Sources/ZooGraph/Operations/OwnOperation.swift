/// An array that an operation of a plugin's own reads: dense, row-major, valid during the call.
public struct OwnArray {
  public let element: ElementType
  public let shape: [Int]
  /// Nil while shapes alone are asked for.
  public let base: UnsafeRawPointer?

  public init(element: ElementType, shape: [Int], base: UnsafeRawPointer?) {
    (self.element, self.shape, self.base) = (element, shape, base)
  }
}

/// A float32 array that such an operation writes; nil where nobody needs it.
public struct OwnResult {
  public let shape: [Int]
  public let base: UnsafeMutablePointer<Float>?

  public init(shape: [Int], base: UnsafeMutablePointer<Float>?) { (self.shape, self.base) = (shape, base) }
}

/// Functions over plain arrays that a plugin brings for what named operations cannot say: on the CPU, in float32, on one
/// thread, never fused. They depend on their arguments alone.
public protocol OwnKernel: AnyObject, Sendable {
  /// `arcface/margin@1`: no operation of the catalogue has a slash.
  var name: String { get }
  var differentiable: Bool { get }
  /// Shapes of the outputs, all float32.
  func shapes(_ inputs: [TensorType], _ attributes: Attributes) throws(GraphError) -> [[Int]]
  /// - Returns: nil when all went well, else why not.
  func forward(_ inputs: [OwnArray], _ attributes: Attributes, into results: [OwnResult]) -> String?
  /// The gradients of the inputs, from the outputs as computed and their gradients.
  func backward(
    _ inputs: [OwnArray], _ attributes: Attributes, outputs: [OwnArray], outputGradients: [OwnArray],
    into results: [OwnResult]
  ) -> String?
}

/// An operation of a plugin's own.
public struct OwnOperation: Operation {
  public let kernel: any OwnKernel
  public let attributes: Attributes
  public var name: String { kernel.name }

  public init(_ kernel: any OwnKernel, _ attributes: Attributes) {
    (self.kernel, self.attributes) = (kernel, attributes)
  }

  public static func == (a: Self, b: Self) -> Bool { a.kernel === b.kernel && a.attributes == b.attributes }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(kernel))
    hasher.combine(attributes)
  }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    let shapes = try kernel.shapes(inputs, attributes)
    if inputs.contains(where: \.isBatched) {
      for shape in shapes where shape.first != TensorType.batch {
        throw wrong("its output \(describe(shape)) has lost the batch; examples stay apart")
      }
    }
    return shapes.map { TensorType(.float32, $0) }
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    guard kernel.differentiable else { throw .noGradient(operation: name) }
    let given = context.outputGradients.map { $0 != nil }
    let wanted = zip(context.inputs, context.needed).map { value, needed in
      needed && context.type(value).element == .float32
    }
    let types = zip(context.inputs, wanted).filter(\.1).map { context.type($0.0) }
    let operation = OwnOperationGradient(operation: self, given: given, wanted: wanted, results: types)
    guard !types.isEmpty else { return wanted.map { _ in nil } }
    var results = try context.graph.apply(
      operation, context.inputs + context.outputs + context.outputGradients.compactMap(\.self))[...]
    return wanted.map { $0 ? results.popFirst() : nil }
  }
}

/// The gradients of those inputs that are wanted, from inputs, outputs and the gradients that are given.
public struct OwnOperationGradient: Operation {
  public let operation: OwnOperation
  /// Which outputs have a gradient; the others' is zero.
  public let given: [Bool]
  public let wanted: [Bool]
  let results: [TensorType]
  public var name: String { operation.name + "-gradient" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { results }
}
