import ZooArchive

/// Normalised images from a `.npy` file: float32 [N, 3, H, W] or [N, H, W, 3].
public struct ImageTensor {
  public let count: Int
  public let height: Int
  public let width: Int
  private let channels: Int
  private let channelsFirst: Bool
  private let floats: [Float]

  public init(path: String) throws {
    let array = try NpyArray.read(path)
    let shape = array.shape
    guard shape.count == 4, shape.allSatisfy({ $0 > 0 }), shape[1] == 3 || shape[3] == 3 else {
      throw TrainError.input(file: path, "has the shape \(shape); images are [N, 3, H, W] or [N, H, W, 3]")
    }
    // Where both could be channels, the usual order of tensors is meant.
    channelsFirst = shape[1] == 3
    (count, channels) = (shape[0], 3)
    (height, width) = channelsFirst ? (shape[2], shape[3]) : (shape[1], shape[2])
    floats = try array.floats()
  }

  /// Images of a range as [count, height, width, channels].
  public func values(_ range: Range<Int>) -> [Float] {
    let size = height * width * channels
    let all = Array(floats[(range.lowerBound * size)..<(range.upperBound * size)])
    guard channelsFirst else { return all }
    let pixels = height * width
    var result = [Float](repeating: 0, count: all.count)
    for image in 0..<range.count {
      for channel in 0..<channels {
        for pixel in 0..<pixels {
          result[image * size + pixel * channels + channel] = all[image * size + channel * pixels + pixel]
        }
      }
    }
    return result
  }
}
