/// Whether a larger value of a metric is a worse one.
public func isBetterSmaller(_ metric: String) -> Bool {
  ["loss", "calibration-error", "mean-absolute-error", "root-mean-square-error"].contains {
    metric == $0 || metric.hasPrefix($0 + "/")
  }
}

/// Whether a metric is a share of 1, which people read as a percentage.
public func isShare(_ metric: String) -> Bool {
  [
    "top-1", "top-5", "mean-per-class", "f1-macro", "f1-micro", "auc", "mean-average-precision", "calibration-error",
  ].contains(metric)
}
