// Logarithm, sine and cosine from IEEE-754 basic operations alone, so that every platform gets the same
// bits. Relative error below 1e-14; speed matters little (initialising weights, resize weights).

/// ln(x) for a finite x > 0: x = 2^k m with m in [sqrt(1/2), sqrt(2)), and ln m = 2 artanh((m-1)/(m+1)).
func naturalLogarithm(_ x: Double) -> Double {
  var exponent = Double(x.exponent)
  var mantissa = x.significand
  if mantissa > 1.4142135623730951 {
    mantissa /= 2
    exponent += 1
  }
  let ratio = (mantissa - 1) / (mantissa + 1)
  let square = ratio * ratio
  // artanh(r)/r = 1 + r²/3 + r⁴/5 + …, with r² < 0.0295: 11 terms reach 1e-17.
  var series = 1.0 / 23
  var divisor = 21.0
  while divisor >= 1 {
    series = series * square + 1 / divisor
    divisor -= 2
  }
  return 2 * ratio * series + exponent * 0.6931471805599453
}

/// cos and sin of `turns` full turns, for |turns| below 2^50: the nearest quarter turn is exact, and
/// the Taylor series covers the remaining eighth.
func cosineAndSine(turns: Double) -> (cosine: Double, sine: Double) {
  let quarters = (turns * 4).rounded()
  let angle = (turns - quarters / 4) * (2 * Double.pi)
  let square = angle * angle
  // sin x = x(1 - x²/6(1 - x²/20(…))), cos x = 1 - x²/2(1 - x²/12(…)), with |x| <= pi/4.
  var sine = 1.0
  var cosine = 1.0
  var k = 18.0
  while k >= 2 {
    sine = 1 - square / (k * (k + 1)) * sine
    cosine = 1 - square / (k * (k - 1)) * cosine
    k -= 2
  }
  sine *= angle
  switch Int(quarters) & 3 {
  case 0: return (cosine, sine)
  case 1: return (-sine, cosine)
  case 2: return (-cosine, -sine)
  default: return (sine, -cosine)
  }
}

/// sin(x) for moderate x in radians.
func sine(_ x: Double) -> Double { cosineAndSine(turns: x / (2 * Double.pi)).sine }

/// e^x for |x| below 700: x = k ln 2 + r with |r| <= 0.35, and the Taylor series for r.
func exponential(_ x: Double) -> Double {
  guard abs(x) < 700 else { return x < 0 ? 0 : .infinity }
  let power = (x / 0.6931471805599453).rounded()
  let rest = x - power * 0.6931471805599453
  var series = 1.0
  var k = 16.0
  while k >= 1 {
    series = 1 + rest / k * series
    k -= 1
  }
  return Double(sign: .plus, exponent: Int(power), significand: series)
}
