/// TensorBoard's event file: TFRecords, each an `Event` (tensorflow/core/util/event.proto) with scalars.
public enum EventFile {
  /// What the file is called in a run's folder; TensorBoard looks for the middle word.
  public static let name = "events.out.tfevents.zoo"

  /// The whole file: the same history always gives the same bytes, and a longer one begins with those of a
  /// shorter, so that a file can grow while TensorBoard reads it.
  ///
  /// Steps are tagged `train/NAME`, evaluations `TASK/METRIC`. Values that are not finite stay as they are.
  /// - Parameter start: when the run began, in seconds since 1970.
  public static func encode(_ history: RunHistory, start: Double) -> [UInt8] {
    var version = ProtobufMessage()
    version.add(1, start)
    version.add(3, "brain.Event:2")
    var file = record(version.bytes)
    // By step; an evaluation after the step it follows.
    let records =
      history.steps.map { (record: $0, prefix: "train", order: 0) }
      + history.evaluations.map { (record: $0.record, prefix: $0.task, order: 1) }
    let sorted = records.enumerated().sorted {
      ($0.element.record.step, $0.element.order, $0.offset) < ($1.element.record.step, $1.element.order, $1.offset)
    }
    for (record, prefix, _) in sorted.map(\.element) {
      file += self.record(event(record, prefix, start: start))
    }
    return file
  }

  private static func event(_ record: RunHistory.Record, _ prefix: String, start: Double) -> [UInt8] {
    var summary = ProtobufMessage()
    for value in record.values {
      var item = ProtobufMessage()
      item.add(1, "\(prefix)/\(value.name)")
      item.add(2, Float(value.value))
      summary.add(1, item)
    }
    var event = ProtobufMessage()
    event.add(1, start + record.seconds)
    event.add(2, record.step)
    event.add(5, summary)
    return event.bytes
  }

  /// Length, its checksum, data, theirs.
  private static func record(_ data: [UInt8]) -> [UInt8] {
    let length = little(UInt64(data.count), 8)
    return length + little(UInt64(CRC32C.masked(length)), 4) + data + little(UInt64(CRC32C.masked(data)), 4)
  }

  private static func little(_ value: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  /// When the run of an event file began; nil if the bytes do not begin as one.
  public static func start(of file: [UInt8]) -> Double? {
    guard file.count >= 21, file[12] == 0x09 else { return nil }
    return Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(file[13 + $1]) << UInt64(8 * $1) })
  }
}
