import CZooKernels
import Glibc

/// Group normalisation of NHWC images, an image at a time so that it stays in the cache between the two passes; with
/// fewer images than threads an image's pixels are split instead.
///
/// Per channel the kernels sum d = x - x₀ and d², x₀ being the channel's first pixel: the shift keeps the sum of
/// squares from cancelling. Channels are joined to groups in double precision (Chan et al. 1979):
/// M₂ = Σ_c [Σd² - (Σd)²/p + p·(mean_c - mean)²].
struct GroupNormKernel {
  let images: Int, pixels: Int, channels: Int, groups: Int
  let epsilon: Double
  let relu: Bool
  /// Whether the result is kept as bytes: blocks of pixels are rounded on the way.
  var toBytes = false
  let pool: ThreadPool
  let kernels: zoo_kernels

  private var size: Int { pixels * channels }
  private var wholeImages: Bool { images >= pool.threads || pixels < pool.threads }
  private var block: Int { max(1, blockFloats / channels) }
  /// A thread's share forward: Σd, Σd², scale, offset, x₀, and a block of y.
  private var share: Int { 5 * channels + (toBytes ? block * channels : 0) }
  /// And backward: scale, offset, sum, products, p, q, s, its part of dgamma and dbeta, x₀.
  private var gradientShare: Int { 10 * channels }
  var scratchFloats: Int { pool.threads * share }
  var gradientScratchFloats: Int { pool.threads * gradientShare }

  // MARK: forward

  func forward(
    _ x: Elements, gamma: Floats, beta: Floats, _ y: Elements, statistics: Floats, _ scratch: Floats
  ) {
    if wholeImages {
      pool.split(images) { range, thread in
        let work = scratch + thread * share
        for image in range {
          let (start, stats) = (image * size, statistics + image * 2 * groups)
          let shift = x.read(start, channels, room: work + 4 * channels)
          sums(x, start, shift: shift, work, pixels)
          join([work], shift: shift, stats)
          coefficients(stats, gamma, beta, scale: work + 2 * channels, offset: work + 3 * channels)
          apply(x, y, start, work + 2 * channels, pixels, room: work + 5 * channels)
        }
      }
      return
    }
    for image in 0..<images {
      let (start, stats) = (image * size, statistics + image * 2 * groups)
      let shift = x.read(start, channels, room: scratch + 4 * channels)
      pool.run { thread, threads in
        let (first, last) = (pixels * thread / threads, pixels * (thread + 1) / threads)
        sums(x, start + first * channels, shift: shift, scratch + thread * share, last - first)
      }
      join((0..<pool.threads).map { scratch + $0 * share }, shift: shift, stats)
      let scale = scratch + 2 * channels
      coefficients(stats, gamma, beta, scale: scale, offset: scale + channels)
      pool.run { thread, threads in
        let (first, last) = (pixels * thread / threads, pixels * (thread + 1) / threads)
        apply(
          x, y, start + first * channels, scale, last - first, room: scratch + thread * share + 5 * channels)
      }
    }
  }

  /// Σd and Σd² into the front of `work`.
  private func sums(_ x: Elements, _ start: Int, shift: Floats, _ work: Floats, _ pixels: Int) {
    kernels.channel_sums(
      x[start], x.flag(ZOO_NARROW_X), shift, Int64(pixels), Int64(channels), work, work + channels)
  }

  private func apply(
    _ x: Elements, _ y: Elements, _ start: Int, _ coefficients: Floats, _ pixels: Int, room: Floats
  ) {
    eachBlock(0..<pixels, of: toBytes ? block : pixels) { first, count in
      let at = start + first * channels
      kernels.channel_affine(
        x[at], x.flag(ZOO_NARROW_X) | y.flag(ZOO_NARROW_RESULT), coefficients, coefficients + channels, relu ? 1 : 0,
        Int64(count), Int64(channels), toBytes ? Memory(room) : y[at])
      if toBytes { y.put(at, count * channels, room: room) }
    }
  }

  /// Sums of channels (each part: Σd, then Σd²) to each group's mean and 1/sqrt(var + epsilon).
  private func join(_ parts: [Floats], shift: Floats, _ statistics: Floats) {
    let (each, count) = (channels / groups, Double(pixels))
    for group in 0..<groups {
      let range = (group * each)..<((group + 1) * each)
      var total = 0.0
      for part in parts { for c in range { total += Double(part[c]) } }
      for c in range { total += Double(shift[c]) * count }
      let mean = total / (count * Double(each))
      var squares = 0.0
      for c in range {
        var (sum, square) = (0.0, 0.0)
        for part in parts {
          sum += Double(part[c])
          square += Double(part[channels + c])
        }
        let distance = Double(shift[c]) + sum / count - mean
        squares += square - sum * sum / count + count * distance * distance
      }
      let variance = max(0, squares) / (count * Double(each))
      statistics[group] = Float(mean)
      statistics[groups + group] = Float(1 / (variance + epsilon).squareRoot())
    }
  }

  /// y = x·scale + offset for each channel.
  private func coefficients(
    _ statistics: Floats, _ gamma: Floats, _ beta: Floats, scale: Floats, offset: Floats
  ) {
    let each = channels / groups
    for group in 0..<groups {
      // In double precision: the product nearly cancels beta where a group's mean is large beside its deviation.
      let (mean, deviation) = (Double(statistics[group]), Double(statistics[groups + group]))
      for c in (group * each)..<((group + 1) * each) {
        let factor = Double(gamma[c]) * deviation
        scale[c] = Float(factor)
        offset[c] = Float(Double(beta[c]) - mean * factor)
      }
    }
  }

  // MARK: gradient

  /// With x̂ = (x - mean)·r and dz the gradient before the ReLU: dγ = Σ dz·x̂, dβ = Σ dz,
  /// dx = r·(γ·dz - mean(γ·dz) - x̂·mean(γ·dz·x̂)), means over the group; written as dz·p + (x - x₀)·q + s.
  func gradient(
    _ x: Elements, statistics: Floats, dy: Elements, gamma: Floats, beta: Floats, add: Elements?, dx: Elements,
    dgamma: Floats, dbeta: Floats, _ scratch: Floats
  ) {
    memset(scratch, 0, gradientScratchFloats * 4)
    func share(_ thread: Int) -> Floats { scratch + thread * gradientShare }
    if wholeImages {
      pool.split(images) { range, thread in
        for image in range {
          let work = share(thread)
          let (start, stats) = (image * size, statistics + image * 2 * groups)
          let shift = x.read(start, channels, room: work + 9 * channels)
          coefficients(stats, gamma, beta, scale: work, offset: work + channels)
          gradientSums(x, dy, start, shift: shift, work, into: work, pixels)
          terms([work], stats, gamma, shift: shift, work)
          finish(x, dy, add, dx, start, shift: shift, work, pixels)
        }
      }
    } else {
      for image in 0..<images {
        let (start, stats) = (image * size, statistics + image * 2 * groups)
        let work = share(0)
        let shift = x.read(start, channels, room: work + 9 * channels)
        coefficients(stats, gamma, beta, scale: work, offset: work + channels)
        pool.run { thread, threads in
          let (first, last) = (pixels * thread / threads, pixels * (thread + 1) / threads)
          gradientSums(x, dy, start + first * channels, shift: shift, work, into: share(thread), last - first)
        }
        terms((0..<pool.threads).map(share), stats, gamma, shift: shift, work)
        pool.run { thread, threads in
          let (first, last) = (pixels * thread / threads, pixels * (thread + 1) / threads)
          finish(x, dy, add, dx, start + first * channels, shift: shift, work, last - first)
        }
      }
    }
    pool.addPartials(scratch + 7 * channels, stride: gradientShare, width: channels, into: dgamma, kernels)
    pool.addPartials(scratch + 8 * channels, stride: gradientShare, width: channels, into: dbeta, kernels)
  }

  private func gradientSums(
    _ x: Elements, _ dy: Elements, _ start: Int, shift: Floats, _ work: Floats, into share: Floats, _ pixels: Int
  ) {
    let sum = share + 2 * channels
    kernels.channel_gradient_sums(
      x[start], dy[start], nil, x.flag(ZOO_NARROW_X) | dy.flag(ZOO_NARROW_DY), work, work + channels, shift,
      relu ? 1 : 0, Int64(pixels), Int64(channels), sum, sum + channels)
  }

  private func terms(_ shares: [Floats], _ statistics: Floats, _ gamma: Floats, shift: Floats, _ work: Floats) {
    let (each, count) = (channels / groups, Double(pixels) * Double(channels / groups))
    let (p, q, s) = (work + 4 * channels, work + 5 * channels, work + 6 * channels)
    for group in 0..<groups {
      let (mean, r) = (Double(statistics[group]), Double(statistics[groups + group]))
      let range = (group * each)..<((group + 1) * each)
      var (plain, weighted) = (0.0, 0.0)
      for c in range {
        var (dz, product) = (0.0, 0.0)
        for share in shares {
          dz += Double(share[2 * channels + c])
          product += Double(share[3 * channels + c])
        }
        let hat = r * (product - (mean - Double(shift[c])) * dz)
        work[7 * channels + c] += Float(hat)
        work[8 * channels + c] += Float(dz)
        plain += Double(gamma[c]) * dz
        weighted += Double(gamma[c]) * hat
      }
      let (k1, k2) = (plain / count, weighted / count)
      for c in range {
        p[c] = Float(Double(gamma[c]) * r)
        q[c] = Float(-r * r * k2)
        s[c] = Float(-r * k1 + (mean - Double(shift[c])) * r * r * k2)
      }
    }
  }

  private func finish(
    _ x: Elements, _ dy: Elements, _ add: Elements?, _ dx: Elements, _ start: Int, shift: Floats, _ work: Floats,
    _ pixels: Int
  ) {
    let narrow = x.flag(ZOO_NARROW_X) | dy.flag(ZOO_NARROW_DY) | dx.flag(ZOO_NARROW_RESULT)
    kernels.channel_gradient_apply(
      x[start], dy[start], nil, add?[start], narrow | (add?.flag(ZOO_NARROW_ADD) ?? 0), work, work + channels, shift,
      work + 4 * channels, work + 5 * channels, work + 6 * channels, relu ? 1 : 0, Int64(pixels), Int64(channels),
      dx[start])
  }
}
