/// Weights [out, in, window…] as int8 with a scale for each output channel: w ≈ scale·q, q in -127…127.
struct ChannelWeights: Sendable {
  let values: [Int8]
  /// The largest magnitude of the channel over 127; 1 for a channel of zeros.
  let scales: [Float]

  init(_ weights: [Float], outputs: Int) {
    let width = outputs > 0 ? weights.count / outputs : 0
    var (scales, values) = ([Float](), [Int8]())
    values.reserveCapacity(weights.count)
    for row in 0..<outputs {
      let part = weights[(row * width)..<((row + 1) * width)]
      var largest: Float = 0
      for weight in part where abs(weight) > largest { largest = abs(weight) }
      let scale = largest / 127
      scales.append(scale.isNormal ? scale : 1)
      let factor = scale.isNormal ? 1 / scale : 0
      for weight in part { values.append(Int8(max(-127, min(127, (weight * factor).rounded(.toNearestOrEven))))) }
    }
    (self.values, self.scales) = (values, scales)
  }

  /// For each output channel Σ (w - scale·q)·x of the mean input x of each input channel: what rounding the weights adds to
  /// a result on average, and what a bias can take back.
  func meanError(of weights: [Float], inputs: [Float], window: Int) -> [Float] {
    let width = inputs.count * window
    return scales.indices.map { row in
      var sum = 0.0
      for column in 0..<width {
        let place = row * width + column
        sum += Double(weights[place] - scales[row] * Float(values[place])) * Double(inputs[column / window])
      }
      return Float(sum)
    }
  }
}
