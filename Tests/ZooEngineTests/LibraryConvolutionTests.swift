import CZooKernels
import Testing

/// A convolution to check.
struct Convolution: Sendable, CustomTestStringConvertible {
  var batch, height, width, channels, outChannels, kernel, stride: Int
  var before = 0
  var after = 0

  init(
    _ batch: Int, _ height: Int, _ width: Int, _ channels: Int, to out: Int, kernel: Int, stride: Int = 1,
    before: Int = 0, after: Int = 0
  ) {
    (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
    (outChannels, self.kernel, self.stride, self.before, self.after) = (out, kernel, stride, before, after)
  }

  var testDescription: String {
    "[\(batch),\(height),\(width),\(channels)] to \(outChannels), \(kernel)x\(kernel)/\(stride)"
      + " padding \(before)+\(after)"
  }

  var outHeight: Int { (height + before + after - kernel) / stride + 1 }
  var outWidth: Int { (width + before + after - kernel) / stride + 1 }
  var sourceCount: Int { batch * height * width * channels }
  var weightCount: Int { outChannels * channels * kernel * kernel }
  var outCount: Int { batch * outHeight * outWidth * outChannels }

  func spec(_ kind: Int, inference: Bool = false) -> zoo_conv_spec {
    zoo_conv_spec(
      kind: CInt(kind), inference: inference ? 1 : 0, batch: Int64(batch), height: Int64(height),
      width: Int64(width), channels: Int64(channels), out_height: Int64(outHeight),
      out_width: Int64(outWidth),
      out_channels: Int64(outChannels), kernel_height: Int64(kernel), kernel_width: Int64(kernel),
      stride: Int64(stride), pad_top: Int64(before), pad_left: Int64(before), pad_bottom: Int64(after),
      pad_right: Int64(after), bias: 0, accumulate: 0, epilogue: 0, source_type: 0,
      weights_type: 0, destination_type: 0)
  }

  /// Every multiplication of the convolution, as offsets into NHWC input, OIHW weights and NHWC output.
  func forEachProduct(_ body: (_ source: Int, _ weight: Int, _ out: Int) -> Void) {
    for n in 0..<batch {
      for y in 0..<outHeight {
        for x in 0..<outWidth {
          for dy in 0..<kernel where 0..<height ~= y * stride + dy - before {
            for dx in 0..<kernel where 0..<width ~= x * stride + dx - before {
              let source =
                ((n * height + y * stride + dy - before) * width + x * stride + dx - before) * channels
              let out = ((n * outHeight + y) * outWidth + x) * outChannels
              for o in 0..<outChannels {
                for i in 0..<channels {
                  body(source + i, ((o * channels + i) * kernel + dy) * kernel + dx, out + o)
                }
              }
            }
          }
        }
      }
    }
  }
}

private let convolutions: [Convolution] = [
  Convolution(2, 8, 8, 64, to: 32, kernel: 1), Convolution(2, 8, 8, 16, to: 64, kernel: 1, stride: 2),
  Convolution(2, 8, 8, 32, to: 32, kernel: 3, before: 1, after: 1),
  Convolution(1, 7, 5, 24, to: 40, kernel: 3, before: 1, after: 1),
  Convolution(2, 9, 9, 16, to: 16, kernel: 3, stride: 2, before: 1, after: 1),
  Convolution(2, 8, 8, 16, to: 16, kernel: 3, stride: 2, before: 0, after: 1),
  Convolution(3, 4, 4, 8, to: 12, kernel: 3, before: 1, after: 1),
  Convolution(1, 1, 1, 16, to: 16, kernel: 3, before: 1, after: 1),
  Convolution(2, 4, 4, 5, to: 7, kernel: 1), Convolution(2, 6, 6, 10, to: 20, kernel: 1),
]

/// Stems, of which no one asks an input gradient.
private let stems: [Convolution] = [
  Convolution(2, 32, 32, 3, to: 16, kernel: 7, stride: 2, before: 3, after: 3),
  Convolution(1, 33, 29, 3, to: 64, kernel: 7, stride: 2, before: 3, after: 3),
  Convolution(2, 32, 32, 3, to: 48, kernel: 8, stride: 8),
  Convolution(1, 32, 48, 3, to: 32, kernel: 16, stride: 16),
  Convolution(2, 9, 9, 3, to: 8, kernel: 3, before: 1, after: 1),
]

extension LibraryTests {
  @Suite(Libraries.hasOneDNN) struct Convolve {
    @Test(arguments: convolutions + stems) func forward(shape: Convolution) throws {
      zoo_dnnl_set_threads(2)
      let x = noise(shape.sourceCount, seed: 1)
      let w = noise(shape.weightCount, seed: 2)
      var exact = [Sum](repeating: Sum(), count: shape.outCount)
      shape.forEachProduct { exact[$2].add(x[$0], w[$1]) }
      for inference in [false, true] {
        let planned = try Planned(shape.spec(ZOO_CONV_FORWARD, inference: inference))
        var y = [Float](repeating: .nan, count: shape.outCount)
        planned.run(x, planned.pack(w), into: &y)
        #expect(worst(y, exact) < 1)
      }
    }

    @Test(arguments: convolutions) func inputGradient(shape: Convolution) throws {
      zoo_dnnl_set_threads(2)
      let dy = noise(shape.outCount, seed: 3)
      let w = noise(shape.weightCount, seed: 2)
      var exact = [Sum](repeating: Sum(), count: shape.sourceCount)
      shape.forEachProduct { exact[$0].add(dy[$2], w[$1]) }
      let planned = try Planned(shape.spec(ZOO_CONV_INPUT_GRADIENT))
      var dx = [Float](repeating: .nan, count: shape.sourceCount)
      planned.run(dy, planned.pack(w), into: &dx)
      #expect(worst(dx, exact) < 1)
    }

    @Test(arguments: convolutions + stems) func weightGradient(shape: Convolution) throws {
      zoo_dnnl_set_threads(2)
      let x = noise(shape.sourceCount, seed: 1)
      let dy = noise(shape.outCount, seed: 3)
      var exact = [Sum](repeating: Sum(), count: shape.weightCount)
      shape.forEachProduct { exact[$1].add(x[$0], dy[$2]) }
      let planned = try Planned(shape.spec(ZOO_CONV_WEIGHT_GRADIENT))
      var packed = [Float](repeating: .nan, count: planned.packedCount)
      // Twice: a second gradient must not add to the first.
      for _ in 0..<2 { planned.run(x, dy, into: &packed) }
      #expect(worst(planned.unpack(packed, count: shape.weightCount), exact) < 1)
    }

    @Test(arguments: [
      (true, false, 0), (false, true, 0), (true, true, 1), (false, true, 2), (true, false, 3),
    ])
    func epilogues(bias: Bool, accumulate: Bool, epilogue: Int) throws {
      for kernel in [1, 3] {
        let shape = Convolution(2, 8, 8, 16, to: 32, kernel: kernel, before: kernel / 2, after: kernel / 2)
        let x = noise(shape.sourceCount, seed: 1)
        let w = noise(shape.weightCount, seed: 2)
        let b = noise(shape.outChannels, seed: 4)
        var y = noise(shape.outCount, seed: 5)
        var exact = [Sum](repeating: Sum(), count: shape.outCount)
        shape.forEachProduct { exact[$2].add(x[$0], w[$1]) }
        for i in exact.indices {
          if bias { exact[i].add(b[i % shape.outChannels], 1) }
          if accumulate { exact[i].add(y[i], 1) }
        }
        var spec = shape.spec(ZOO_CONV_FORWARD, inference: true)
        (spec.bias, spec.accumulate, spec.epilogue) = (bias ? 1 : 0, accumulate ? 1 : 0, CInt(epilogue))
        let planned = try Planned(spec)
        planned.run(x, planned.pack(w), bias: bias ? b : nil, into: &y)
        #expect(worst(y, exact, function: applied(epilogue)) < 1)
      }
    }

    /// Arena memory holds something else between two steps, also where a packed layout has padding.
    @Test(arguments: [1, 3]) func packsAgainIntoMemoryUsedInBetween(kernel: Int) throws {
      let shape = Convolution(2, 6, 6, 5, to: 7, kernel: kernel, before: kernel / 2, after: kernel / 2)
      let x = noise(shape.sourceCount, seed: 1)
      let w = noise(shape.weightCount, seed: 2)
      var exact = [Sum](repeating: Sum(), count: shape.outCount)
      shape.forEachProduct { exact[$2].add(x[$0], w[$1]) }
      let planned = try Planned(shape.spec(ZOO_CONV_FORWARD))
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: planned.packedCount)
      defer { memory.deallocate() }
      for _ in 0..<3 {
        memory.update(repeating: .nan)
        #expect(zoo_primitive_pack(planned.handle, w, memory.baseAddress) == 0)
        var y = [Float](repeating: .nan, count: shape.outCount)
        let scratch = UnsafeMutableRawPointer.allocate(
          byteCount: max(64, zoo_primitive_scratch(planned.handle)), alignment: 64)
        defer { scratch.deallocate() }
        #expect(zoo_primitive_run(planned.handle, x, memory.baseAddress, nil, &y, scratch) == 0)
        #expect(worst(y, exact) < 1)
      }
    }

    @Test func packsWithoutLoss() throws {
      let shape = Convolution(1, 9, 9, 3, to: 10, kernel: 3)
      let planned = try Planned(shape.spec(ZOO_CONV_FORWARD))
      let w = noise(shape.weightCount, seed: 6)
      #expect(planned.unpack(planned.pack(w), count: w.count) == w)
    }

    @Test func refusesWhatCannotBe() {
      func refusal(_ kind: Int = ZOO_CONV_FORWARD, _ change: (inout zoo_conv_spec) -> Void) -> String? {
        var spec = Convolution(2, 8, 8, 16, to: 32, kernel: 3, before: 1, after: 1).spec(kind)
        change(&spec)
        do { _ = try Planned(spec) } catch { return "\(error)" }
        return nil
      }
      let what = "convolution [2, 8, 8, 16] -> 32, kernel 3x3, stride 1"
      #expect(refusal { $0.out_height = 7 } == "\(what): the output is 8x8, not 7x8")
      #expect(refusal { $0.pad_top = 3 } == "\(what): padding must be at least 0 and less than the kernel")
      #expect(refusal { $0.pad_left = -1 } == "\(what): padding must be at least 0 and less than the kernel")
      #expect(refusal { $0.kind = 9 } == "\(what): kind 9 does not exist")
      #expect(
        refusal { $0.stride = 0 }
          == "convolution [2, 8, 8, 16] -> 32, kernel 3x3, stride 0: "
          + "sizes must be at least 1 and fit in memory"
      )
      #expect(
        refusal { ($0.batch, $0.height) = (1 << 30, 1 << 30) }
          == "convolution [1073741824, 1073741824, 8, 16] -> 32, kernel 3x3, stride 1: "
          + "sizes must be at least 1 and fit in memory")
      #expect(
        refusal { ($0.kernel_height, $0.pad_top) = (11, 1) }
          == "convolution [2, 8, 8, 16] -> 32, kernel 11x3, stride 1: "
          + "the kernel is larger than the padded image"
      )
      #expect(
        refusal(ZOO_CONV_WEIGHT_GRADIENT) { $0.accumulate = 1 }
          == "weight gradient of \(what): a gradient takes no bias, accumulation or epilogue")
    }
  }
}
