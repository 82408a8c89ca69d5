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
  let pool: ThreadPool
  let kernels: zoo_kernels

  private var size: Int { pixels * channels }
  private var wholeImages: Bool { images >= pool.threads || pixels < pool.threads }
  var scratchFloats: Int { pool.threads * 4 * channels }
  var gradientScratchFloats: Int { pool.threads * 9 * channels }

  // MARK: forward

  func forward(
    _ x: Floats, gamma: Floats, beta: Floats, _ y: Floats, statistics: Floats, _ scratch: Floats
  ) {
    if wholeImages {
      pool.split(images) { range, thread in
        let work = scratch + thread * 4 * channels
        for image in range {
          let (from, stats) = (x + image * size, statistics + image * 2 * groups)
          kernels.channel_sums(from, from, Int64(pixels), Int64(channels), work, work + channels)
          join([work], shift: from, stats)
          coefficients(stats, gamma, beta, scale: work + 2 * channels, offset: work + 3 * channels)
          apply(from, y + image * size, work + 2 * channels, pixels)
        }
      }
      return
    }
    for image in 0..<images {
      let (from, stats) = (x + image * size, statistics + image * 2 * groups)
      pool.run { thread, threads in
        let (first, last) = (pixels * thread / threads, pixels * (thread + 1) / threads)
        let work = scratch + thread * 4 * channels
        kernels.channel_sums(
          from + first * channels, from, Int64(last - first), Int64(channels), work, work + channels)
      }
      join((0..<pool.threads).map { scratch + $0 * 4 * channels }, shift: from, stats)
      let scale = scratch + 2 * channels
      coefficients(stats, gamma, beta, scale: scale, offset: scale + channels)
      pool.run { thread, threads in
        let (first, last) = (pixels * thread / threads, pixels * (thread + 1) / threads)
        apply(from + first * channels, y + image * size + first * channels, scale, last - first)
      }
    }
  }

  private func apply(_ x: Floats, _ y: Floats, _ coefficients: Floats, _ pixels: Int) {
    kernels.channel_affine(
      x, coefficients, coefficients + channels, relu ? 1 : 0, Int64(pixels), Int64(channels), y)
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
    _ x: Floats, statistics: Floats, dy: Floats, gamma: Floats, beta: Floats, add: Floats?, dx: Floats,
    dgamma: Floats, dbeta: Floats, _ scratch: Floats
  ) {
    memset(scratch, 0, gradientScratchFloats * 4)
    // Each thread's share: scale, offset, sum, products, p, q, s, then its part of dgamma and dbeta.
    func share(_ thread: Int) -> Floats { scratch + thread * 9 * channels }
    if wholeImages {
      pool.split(images) { range, thread in
        for image in range {
          let work = share(thread)
          let (from, stats) = (x + image * size, statistics + image * 2 * groups)
          coefficients(stats, gamma, beta, scale: work, offset: work + channels)
          sums(from, dy + image * size, shift: from, work, into: work, pixels)
          terms([work], stats, gamma, shift: from, work)
          finish(from, dy + image * size, add.map { $0 + image * size }, shift: from, work, dx + image * size, pixels)
        }
      }
    } else {
      for image in 0..<images {
        let (from, stats) = (x + image * size, statistics + image * 2 * groups)
        let work = share(0)
        coefficients(stats, gamma, beta, scale: work, offset: work + channels)
        pool.run { thread, threads in
          let (first, last) = (pixels * thread / threads, pixels * (thread + 1) / threads)
          let start = first * channels
          sums(from + start, dy + image * size + start, shift: from, work, into: share(thread), last - first)
        }
        terms((0..<pool.threads).map(share), stats, gamma, shift: from, work)
        pool.run { thread, threads in
          let (first, last) = (pixels * thread / threads, pixels * (thread + 1) / threads)
          let start = image * size + first * channels
          finish(x + start, dy + start, add.map { $0 + start }, shift: from, work, dx + start, last - first)
        }
      }
    }
    pool.addPartials(scratch + 7 * channels, stride: 9 * channels, width: channels, into: dgamma, kernels)
    pool.addPartials(scratch + 8 * channels, stride: 9 * channels, width: channels, into: dbeta, kernels)
  }

  private func sums(_ x: Floats, _ dy: Floats, shift: Floats, _ work: Floats, into share: Floats, _ pixels: Int) {
    kernels.channel_gradient_sums(
      x, dy, nil, work, work + channels, shift, relu ? 1 : 0, Int64(pixels), Int64(channels),
      share + 2 * channels, share + 3 * channels)
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
    _ x: Floats, _ dy: Floats, _ add: Floats?, shift: Floats, _ work: Floats, _ dx: Floats, _ pixels: Int
  ) {
    kernels.channel_gradient_apply(
      x, dy, nil, add, work, work + channels, shift, work + 4 * channels, work + 5 * channels, work + 6 * channels,
      relu ? 1 : 0, Int64(pixels), Int64(channels), dx)
  }
}
