import ZooPlugin

/// Names and layouts of the parameters in timm's and the official checkpoints; none for what neither of them is.
func bitKeyMap(_ format: String, _ options: BiTOptions) -> [KeyMapEntry] {
  guard options.norm == .group, options.standardise else { return [] }
  let official = format == "official"
  func conv(_ parameter: String, _ source: String) -> KeyMapEntry {
    official
      ? KeyMapEntry(parameter + ".weight", ["resnet/\(source)/standardized_conv2d/kernel"], .hwioToOIHW)
      : KeyMapEntry(parameter + ".weight", [parameter + ".weight"])
  }
  func norm(_ parameter: String, _ source: String) -> [KeyMapEntry] {
    [("weight", "gamma"), ("bias", "beta")].map { (ours, theirs) in
      official
        ? KeyMapEntry("\(parameter).\(ours)", ["resnet/\(source)\(theirs)"], .squeeze)
        : KeyMapEntry("\(parameter).\(ours)", ["\(parameter).\(ours)"])
    }
  }

  var entries = [conv("stem.conv", "root_block")]
  var channels = options.stem
  for (stage, (units, width)) in zip(options.units, options.widths).enumerated() {
    for unit in 0..<units {
      let to = "stages.\(stage).blocks.\(unit)"
      let from = "block\(stage + 1)/unit" + (unit < 9 ? "0" : "") + "\(unit + 1)"
      for (index, letter) in ["a", "b", "c"].enumerated() {
        entries += norm("\(to).norm\(index + 1)", "\(from)/\(letter)/group_norm/")
        entries.append(conv("\(to).conv\(index + 1)", "\(from)/\(letter)"))
      }
      if unit == 0, stage > 0 || channels != width {
        entries.append(conv("\(to).downsample.conv", "\(from)/a/proj"))
      }
      channels = width
    }
  }
  entries += norm("norm", "group_norm/")
  entries +=
    official
    ? [
      KeyMapEntry("head.weight", ["resnet/head/conv2d/kernel"], .hwioToLinear),
      KeyMapEntry("head.bias", ["resnet/head/conv2d/bias"])
    ]
    : [
      KeyMapEntry("head.weight", ["head.fc.weight"], .oihwToLinear),
      KeyMapEntry("head.bias", ["head.fc.bias"])
    ]
  return entries
}
