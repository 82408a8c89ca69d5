import CZooKernels
import ZooGraph

/// c = epilogue(a·w + bias (+ c)): a [m, k], w [k, n], c [m, n], each with strides in elements; `batch` of them.
struct ProductSpec: Hashable, Sendable {
  var batch = 1
  var m: Int, n: Int, k: Int
  var aBatch = 0, aRow: Int, aColumn: Int
  /// `wRow` steps along k, `wColumn` along n.
  var wBatch = 0, wRow: Int, wColumn: Int
  var cBatch = 0, cRow: Int
  var bias = false
  /// Adds to what c holds.
  var accumulate = false
  var epilogue = Epilogue.none
  /// w comes in the layout that the library prefers, made by `PlannedProduct.pack`.
  var packed = false
  /// Of a, w and c; packed weights are packed from float32.
  var a = Storage.float32, w = Storage.float32, c = Storage.float32

  var flops: Int { 2 * batch * m * n * k }
}

/// A convolution over NHWC images; weights always in the library's layout.
struct ConvolutionSpec: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case forward, inputGradient, weightGradient }
  var kind: Kind
  var training: Bool
  var batch: Int, height: Int, width: Int, channels: Int
  var outHeight: Int, outWidth: Int, outChannels: Int
  var kernelHeight: Int, kernelWidth: Int
  var window: Window
  var bias = false
  var accumulate = false
  var epilogue = Epilogue.none
  /// Of the input (or its gradient), the weights and the output (or its gradient); a weight gradient is float32.
  var input = Storage.float32, weights = Storage.float32, output = Storage.float32

  var flops: Int { 2 * batch * outHeight * outWidth * outChannels * kernelHeight * kernelWidth * channels }
  var weightCount: Int { outChannels * kernelHeight * kernelWidth * channels }
}

typealias Memory = UnsafeMutableRawPointer

/// A matrix operation planned for fixed shapes.
struct PlannedMatrix {
  /// The library's name of what it chose.
  var implementation: String
  /// Whether bytes are multiplied.
  var isInt8 = false
  /// Bytes of scratch memory for a run.
  var scratch: Int
  /// Bytes of the weights in the library's layout; 0 when it takes them as they are.
  var packedBytes: Int
  /// Equal keys: one packing serves both.
  var packing: PackingKey?
  /// Plain weights -> the library's layout (products: the spec's strides; convolutions: OIHW).
  var pack: (_ plain: Memory, _ packed: Memory) -> Bool
  /// A weight gradient in the library's layout -> OIHW.
  var unpack: (_ packed: Memory, _ plain: Memory) -> Bool
  /// source, weights, bias, destination, scratch; what each is depends on the kind. False: the library failed.
  var run: (_ source: Memory, _ weights: Memory, _ bias: Memory?, _ destination: Memory, _ scratch: Memory?) -> Bool
}

/// Tells packings apart; the closure compares with another plan's.
struct PackingKey {
  let primitive: AnyObject
  let same: (AnyObject) -> Bool
}

/// A library of fused matrix operations. The compiler asks for plans first and sizes memory afterwards; a backend for
/// another device fits the same interface.
protocol Backend: Sendable {
  var name: String { get }
  var version: String { get }
  /// Whether operands may be bfloat16.
  var takesBFloat16: Bool { get }
  func product(_ spec: ProductSpec) throws(EngineError) -> PlannedMatrix
  func convolution(_ spec: ConvolutionSpec) throws(EngineError) -> PlannedMatrix
  func quantizedProduct(_ spec: QuantizedSpec) throws(EngineError) -> PlannedMatrix
  /// Whether an int8 product's bias is multiplied with its scales.
  var scalesInt8Bias: Bool { get }
}
