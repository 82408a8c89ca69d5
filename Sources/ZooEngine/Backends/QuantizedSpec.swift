import CZooKernels
import ZooGraph

/// c = epilogue(scales · (q·w) + bias (+ c)) of bytes q and int8 weights w [out, in] or OIHW; sums are exact. A bias is
/// always there, and holds what a zero point of q adds to the sums.
struct QuantizedSpec {
  /// Rows of a product, images of a convolution.
  var rows: Int
  var inputs: Int, outputs: Int
  /// Shapes of a convolution; nil for a product.
  var convolution: ConvolutionSpec?
  /// For each output channel.
  var scales: [Float] = []
  /// Adds to what c holds.
  var accumulate = false
  var epilogue = Epilogue.none
  var destination = Storage.float32

  init(rows: Int, inputs: Int, outputs: Int, accumulate: Bool, epilogue: Epilogue) {
    (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs)
    (self.accumulate, self.epilogue) = (accumulate, epilogue)
  }

  var flops: Int { convolution?.flops ?? 2 * rows * inputs * outputs }
}

extension Backend {
  /// An exact product of bytes, for libraries that have one for this processor; others are given what the bytes stand for.
  func quantizedProduct(_ spec: QuantizedSpec) throws(EngineError) -> PlannedMatrix {
    throw .plan(operation: "int8 product", "\(name) has none")
  }
  var scalesInt8Bias: Bool { false }
}

extension DNNLBackend {
  var scalesInt8Bias: Bool { zoo_dnnl_int8_bias_is_scaled() != 0 }

  func quantizedProduct(_ spec: QuantizedSpec) throws(EngineError) -> PlannedMatrix {
    var raw = zoo_int8_spec()
    (raw.m, raw.n, raw.k) = (Int64(spec.rows), Int64(spec.outputs), Int64(spec.inputs))
    if let conv = spec.convolution {
      (raw.kernel_height, raw.kernel_width) = (Int64(conv.kernelHeight), Int64(conv.kernelWidth))
      (raw.height, raw.width) = (Int64(conv.height), Int64(conv.width))
      (raw.out_height, raw.out_width, raw.stride) = (
        Int64(conv.outHeight), Int64(conv.outWidth), Int64(conv.window.stride)
      )
      (raw.pad_top, raw.pad_left) = (Int64(conv.window.padTop), Int64(conv.window.padLeft))
      (raw.pad_bottom, raw.pad_right) = (Int64(conv.window.padBottom), Int64(conv.window.padRight))
    }
    (raw.accumulate, raw.epilogue) = (spec.accumulate ? 1 : 0, spec.epilogue.code)
    raw.destination_type = spec.destination.code
    if case .uint8(let quantization) = spec.destination {
      (raw.out_factor, raw.out_zero) = (1 / quantization.scale, Float(quantization.zero))
    }
    let what = "int8 product \(spec.rows)×\(spec.outputs)×\(spec.inputs)"
    return try planInt8(what) { out, text, count in
      spec.scales.withUnsafeBufferPointer { scales in
        raw.scales = scales.baseAddress
        return zoo_dnnl_int8(&raw, out, text, count)
      }
    }
  }
}
