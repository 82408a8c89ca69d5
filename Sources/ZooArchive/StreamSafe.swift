extension String {
  /// Whether no more than 30 combining marks follow each other (Stream-Safe Text, UAX #15, section 13). Texts
  /// compare by canonical equivalence, which takes time quadratic in the length of such a run: a file of some
  /// hundred kilobytes would hold up its reader for minutes. No language needs more than a few.
  public var isStreamSafe: Bool {
    var run = 0
    for scalar in unicodeScalars {
      guard scalar.value >= 0x300 else {
        run = 0
        continue
      }
      // Non-starters, also by decomposition, are marks.
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: run += 1
      default: run = 0
      }
      if run > 30 { return false }
    }
    return true
  }
}
