import Glibc
import ZooGraph

extension SampleClasses {
  /// The sample that uniform numbers, one for each class, decide.
  /// - Parameters:
  ///   - uniform: of each class; overwritten.
  ///   - room: as many; overwritten.
  func choose(
    from uniform: UnsafeMutableBufferPointer<Double>, _ room: UnsafeMutableBufferPointer<Double>,
    _ chosen: UnsafeMutablePointer<Int32>, _ logarithms: UnsafeMutablePointer<Float>
  ) {
    func weight(_ label: Int) -> Double { zipf == 0 ? 1 : pow(Double(label + 1), -zipf) }
    for label in 0..<classes {
      uniform[label] /= weight(label)
      room[label] = uniform[label]
    }
    // The first that is left out; beyond all where none is.
    let threshold = count < classes ? smallest(count, of: room) : .infinity
    var ties = count - uniform.count { $0 < threshold }
    var place = 0
    for label in 0..<classes {
      guard uniform[label] < threshold || (uniform[label] == threshold && ties > 0) else { continue }
      if uniform[label] == threshold { ties -= 1 }
      let probability =
        count == classes ? 1 : zipf == 0 ? Double(count) / Double(classes) : min(1, weight(label) * threshold)
      (chosen[place], logarithms[place]) = (Int32(label), Float(log(probability)))
      place += 1
    }
  }

  /// The value that would stand at a place were all sorted (Hoare's selection).
  private func smallest(_ place: Int, of values: UnsafeMutableBufferPointer<Double>) -> Double {
    var (low, high) = (0, values.count - 1)
    while low < high {
      let pivot = values[low + (high - low) / 2]
      var (left, right) = (low, high)
      while left <= right {
        while values[left] < pivot { left += 1 }
        while values[right] > pivot { right -= 1 }
        if left <= right {
          values.swapAt(left, right)
          (left, right) = (left + 1, right - 1)
        }
      }
      if place <= right { high = right } else if place >= left { low = left } else { break }
    }
    return values[place]
  }
}
