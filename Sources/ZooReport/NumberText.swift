/// Rounded to a number of decimals, without a locale.
public func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
  guard abs(value) < 1e15 / scale else { return "\(value)" }
  let whole = Int64((abs(value) * scale).rounded())
  let digits = String(whole)
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  let sign = value < 0 && whole != 0 ? "-" : ""
  return decimals == 0 ? sign + padded : sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// About four digits, whatever the size.
func shortNumber(_ value: Double) -> String {
  let size = abs(value)
  if !value.isFinite || size == 0 { return fixed(value, 0) }
  if size < 1e-4 || size >= 1e7 {
    var (mantissa, exponent) = (size, 0)
    while mantissa >= 9.995, exponent < 400 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.9995, exponent > -400 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return (value < 0 ? "-" : "") + fixed(mantissa, 2) + "e\(exponent)"
  }
  return fixed(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 ? 4 : 6)
}

/// A measured value as people read it: shares in percent, counts whole.
public func metricText(_ name: String, _ value: Double) -> String {
  switch name {
  case "images", "steps": abs(value) < 1e15 ? grouped(Int(value.rounded())) : shortNumber(value)
  case _ where isShare(name): fixed(value * 100, 2) + " %"
  default: shortNumber(value)
  }
}

/// Whether a metric is a share of one, by the names that the evaluation gives.
func isShare(_ name: String) -> Bool {
  name.hasPrefix("top-") || name.hasPrefix("mean-per-class")
    || ["accuracy", "map", "f1", "auc", "calibration-error"].contains(name.lowercased())
}

/// Whether less is better.
func isCost(_ name: String) -> Bool {
  ["loss", "mae", "mse", "rmse", "calibration-error"].contains { name.lowercased().hasSuffix($0) }
}

/// `1,234,567`.
public func grouped(_ count: Int) -> String {
  var out = ""
  let digits = String(count.magnitude)
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { out += "," }
    out.append(digit)
  }
  return (count < 0 ? "-" : "") + out
}
