import Glibc

func logarithm(_ value: Double) -> Double { log(value) }
func logarithm(_ value: Float) -> Float { logf(value) }
func exponential(_ value: Double) -> Double { exp(value) }

/// 1 / (1 + e^-x) without overflow.
func sigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}
