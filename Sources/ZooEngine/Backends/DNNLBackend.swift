import CZooKernels
import ZooGraph

/// oneDNN, through the shim that hides its versions.
struct DNNLBackend: Backend {
  let name = "onednn"
  let takesBFloat16 = true
  let version: String
  private let threads: Int

  init(threads: Int) throws(EngineError) {
    try withMessage("onednn") { zoo_dnnl_open($0, $1) }
    version = "oneDNN " + (zoo_dnnl_version().map { String(cString: $0) } ?? "")
    self.threads = threads
  }

  func product(_ spec: ProductSpec) throws(EngineError) -> PlannedMatrix {
    // Of the library, not of an engine: a primitive keeps the number it was planned under.
    zoo_dnnl_set_threads(Int32(threads))
    var raw = zoo_matmul_spec()
    raw.batch = Int64(spec.batch)
    (raw.m, raw.n, raw.k) = (Int64(spec.m), Int64(spec.n), Int64(spec.k))
    (raw.a_batch, raw.a_row, raw.a_column) = (Int64(spec.aBatch), Int64(spec.aRow), Int64(spec.aColumn))
    (raw.w_batch, raw.w_row, raw.w_column) = (Int64(spec.wBatch), Int64(spec.wRow), Int64(spec.wColumn))
    (raw.c_batch, raw.c_row) = (Int64(spec.cBatch), Int64(spec.cRow))
    (raw.bias, raw.accumulate, raw.packed) = (spec.bias ? 1 : 0, spec.accumulate ? 1 : 0, spec.packed ? 1 : 0)
    raw.epilogue = spec.epilogue.code
    (raw.a_type, raw.w_type, raw.c_type) = (spec.a.code, spec.w.code, spec.c.code)
    return try Primitive.make("product \(spec.m)×\(spec.n)×\(spec.k)") { zoo_dnnl_matmul(&raw, $0, $1, $2) }
  }

  func convolution(_ spec: ConvolutionSpec) throws(EngineError) -> PlannedMatrix {
    zoo_dnnl_set_threads(Int32(threads))
    var raw = zoo_conv_spec()
    switch spec.kind {
    case .forward: raw.kind = Int32(ZOO_CONV_FORWARD)
    case .inputGradient: raw.kind = Int32(ZOO_CONV_INPUT_GRADIENT)
    case .weightGradient: raw.kind = Int32(ZOO_CONV_WEIGHT_GRADIENT)
    }
    raw.inference = spec.training ? 0 : 1
    (raw.batch, raw.height, raw.width) = (Int64(spec.batch), Int64(spec.height), Int64(spec.width))
    (raw.channels, raw.out_channels) = (Int64(spec.channels), Int64(spec.outChannels))
    (raw.out_height, raw.out_width) = (Int64(spec.outHeight), Int64(spec.outWidth))
    (raw.kernel_height, raw.kernel_width) = (Int64(spec.kernelHeight), Int64(spec.kernelWidth))
    raw.stride = Int64(spec.window.stride)
    (raw.pad_top, raw.pad_left) = (Int64(spec.window.padTop), Int64(spec.window.padLeft))
    (raw.pad_bottom, raw.pad_right) = (Int64(spec.window.padBottom), Int64(spec.window.padRight))
    (raw.bias, raw.accumulate) = (spec.bias ? 1 : 0, spec.accumulate ? 1 : 0)
    raw.epilogue = spec.epilogue.code
    (raw.source_type, raw.weights_type) = (spec.input.code, spec.weights.code)
    raw.destination_type = spec.output.code
    let what = "convolution \(spec.height)×\(spec.width)×\(spec.channels) -> \(spec.outChannels)"
    return try Primitive.make(what) { zoo_dnnl_conv(&raw, $0, $1, $2) }
  }
}

extension DNNLBackend {
  /// Plans an int8 product.
  func planInt8(
    _ what: String, _ plan: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<CChar>, Int) -> Int32
  ) throws(EngineError) -> PlannedMatrix {
    var planned = try Primitive.make(what, plan)
    planned.isInt8 = true
    return planned
  }
}

extension Storage {
  var code: Int32 {
    switch self {
    case .float32: Int32(ZOO_FLOAT32)
    case .bfloat16: Int32(ZOO_BFLOAT16)
    case .uint8: Int32(ZOO_UINT8)
    }
  }
}

extension Epilogue {
  var code: Int32 {
    switch self {
    case .none: Int32(ZOO_EPILOGUE_NONE)
    case .relu: Int32(ZOO_EPILOGUE_RELU)
    case .gelu(let tanh): Int32(tanh ? ZOO_EPILOGUE_GELU_TANH : ZOO_EPILOGUE_GELU_ERF)
    }
  }
}

/// Owns a planned primitive.
private final class Primitive {
  let raw: OpaquePointer
  private init(_ raw: OpaquePointer) { self.raw = raw }
  deinit { zoo_primitive_free(raw) }

  static func make(
    _ what: String,
    _ plan: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<CChar>, Int) -> Int32
  ) throws(EngineError) -> PlannedMatrix {
    var raw: OpaquePointer?
    do throws(EngineError) {
      try withMessage("onednn") { plan(&raw, $0, $1) }
    } catch {
      if case .unavailable(_, let text) = error { throw .plan(operation: what, text) }
      throw error
    }
    guard let raw else { throw .plan(operation: what, "the library returned nothing") }
    let primitive = Primitive(raw)
    let packed = zoo_primitive_packed_size(raw)
    let key = PackingKey(primitive: primitive) { other in
      (other as? Primitive).map { zoo_primitive_same_packing(primitive.raw, $0.raw) != 0 } ?? false
    }
    return PlannedMatrix(
      implementation: String(cString: zoo_primitive_implementation(raw)),
      scratch: zoo_primitive_scratch(raw), packedBytes: packed, packing: packed > 0 ? key : nil,
      pack: { zoo_primitive_pack(primitive.raw, $0, $1) == 0 },
      unpack: { zoo_primitive_unpack(primitive.raw, $0, $1.assumingMemoryBound(to: Float.self)) == 0 },
      run: { source, weights, bias, destination, scratch in
        let bias = bias.map { UnsafePointer($0.assumingMemoryBound(to: Float.self)) }
        return zoo_primitive_run(primitive.raw, source, weights, bias, destination, scratch) == 0
      })
  }
}

/// Calls a shim function that writes a sentence when it fails.
func withMessage(
  _ engine: String, _ body: (UnsafeMutablePointer<CChar>, Int) -> Int32
) throws(EngineError) {
  var text = [CChar](repeating: 0, count: 512)
  let status = text.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map { body($0, buffer.count) } ?? -1 }
  guard status == 0 else {
    let end = text.firstIndex(of: 0) ?? text.count
    throw .unavailable(engine: engine, String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
}
