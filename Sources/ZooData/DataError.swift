/// Everything that can be wrong with images, data sets and how they are transformed.
public enum DataError: Error, Sendable, Equatable {
  // Files.
  case cannotRead(path: String, reason: String)
  case fileName(folder: String)
  // Images.
  case emptyFile(origin: String)
  case notAnImage(origin: String, start: [UInt8])
  case imageCutShort(origin: String, format: ImageFormat)
  case imageBroken(origin: String, format: ImageFormat, reason: String)
  case imageSize(origin: String, width: Int, height: Int)
  case imageBytes(width: Int, height: Int, bytes: Int)
  // Transforms.
  case cropOutside(
    top: Int, left: Int, height: Int, width: Int, imageHeight: Int, imageWidth: Int)
  case cropTooLarge(origin: String, height: Int, width: Int, imageHeight: Int, imageWidth: Int)
  case transformSize(origin: String, found: String, wanted: String)
  case transformOption(String)
  case resizeOfTensor(origin: String, found: String, wanted: String)
  case stepOfTensor(origin: String, step: String)
  // Data sets.
  case unknownDataSet(path: String)
  case noClassFolders(path: String)
  case emptyClass(path: String, name: String)
  case noImages(path: String)
  case foldersTooDeep(path: String)
  case tensorSet(path: String, reason: String)
  case table(place: String, TableProblem)
  case shardPattern(String, reason: String)
  case noShards(String)
  case noSamples(String)
  case unknownClass(name: String, dataSet: String, classes: [String])
  case classCount(dataSet: String, found: Int, wanted: Int)
  case unknownColumn(name: String, dataSet: String, columns: [String])
  case noClasses(dataSet: String, column: String, kind: LabelColumn.Kind)
  case examplesPerClass(Int)
  case tooFewExamples(className: String, found: Int, wanted: Int)
  case splitFraction(Double)
  case emptySplit(dataSet: String, part: SplitPart)
  case splitName(file: String, line: Int, name: String, dataSet: String)
  case splitColumn(dataSet: String, column: String, columns: [String])
  case splitValue(dataSet: String, column: String, value: String, values: [String])
  case indexOutside(index: Int, count: Int)
  case emptyDataSet
  case tooManyExamples(Int)
  // Loading.
  case batchSize(Int)
  case batchMemory(size: Int, height: Int, width: Int)
  case batchNumber(Int)
  case labelMemory(size: Int, column: String, width: Int)
  case threadStart(reason: String)
  case cancelled
}

extension DataError {
  /// Whether a file is missing or broken, where whoever names it would otherwise have made a mistake.
  public var concernsFile: Bool {
    switch self {
    case .cannotRead, .noShards, .table: true
    default: false
    }
  }
}

extension DataError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason): "\(path): cannot be read: \(reason)"
    case .fileName(let folder): "\(folder): holds a file whose name is not UTF-8; rename it"
    case .emptyFile(let origin): "\(origin): is empty; a JPEG, PNG or WebP image is needed"
    case .notAnImage(let origin, let start):
      "\(origin): not a JPEG, PNG or WebP image (starts with \(hex(start)))"
    case .imageCutShort(let origin, let format): "\(origin): the \(format.rawValue) image is cut short"
    case .imageBroken(let origin, let format, let reason):
      "\(origin): the \(format.rawValue) image is broken: \(reason)"
    case .imageSize(let origin, let width, let height):
      "\(origin): an image of \(width) x \(height) pixels; "
        + "sides must be 1 to \(Image.maximumSide) and the area at most \(Image.maximumPixels)"
    case .imageBytes(let width, let height, let bytes):
      "an RGB image of \(width) x \(height) pixels needs \(3 * width * height) bytes, not \(bytes)"
    case .cropOutside(let top, let left, let height, let width, let imageHeight, let imageWidth):
      "the part at row \(top), column \(left) of \(width) x \(height) pixels is not inside "
        + "the image of \(imageWidth) x \(imageHeight)"
    case .cropTooLarge(let origin, let height, let width, let imageHeight, let imageWidth):
      "\(origin): \(imageWidth) x \(imageHeight) pixels are too few for a crop of \(width) x \(height); "
        + "resize to at least that first"
    case .transformSize(let origin, let found, let wanted):
      "\(origin): comes out of the transform as \(found), but \(wanted) was asked for"
    case .transformOption(let text): "transform: \(text)"
    case .resizeOfTensor(let origin, let found, let wanted):
      "\(origin): a tensor of floats (\(found)) is taken as already normalised and cannot be resized "
        + "to \(wanted); store uint8 pixels, or ask for its own size"
    case .stepOfTensor(let origin, let step):
      "\(origin): a tensor of floats is taken as already normalised, and \(step) works on pixels; store uint8 pixels, "
        + "or leave the step out"
    case .unknownDataSet(let path):
      "\(path): not a data set; give a folder of class folders, a folder with x.npy and labels.npy, "
        + "or a .tar of class folders"
    case .noClassFolders(let path):
      "\(path): holds no class folders; images belong in \(path)/CLASS/NAME.jpg"
    case .emptyClass(let path, let name):
      "\(path): class folder '\(name)' holds no images (\(extensions))"
    case .noImages(let path): "\(path): holds no images (\(extensions))"
    case .foldersTooDeep(let path): "\(path): folders are nested more than 16 deep"
    case .tensorSet(let path, let reason): "\(path): \(reason)"
    case .table(let place, let problem): visible("\(place): \(problem.text)")
    case .shardPattern(let pattern, let reason): "\(pattern): \(reason)"
    case .noShards(let pattern): "\(pattern): no file matches"
    case .noSamples(let pattern):
      "\(pattern): holds no samples: an image NAME.jpg (\(extensions)) with NAME.cls, NAME.txt or NAME.json"
    case .unknownClass(let name, let dataSet, let classes):
      "\(dataSet): class '\(name)' is not among the \(classes.count) known classes "
        + "(\(someOf(classes)))"
    case .classCount(let dataSet, let found, let wanted):
      "\(dataSet): labels up to \(found - 1) do not fit \(wanted) classes"
    case .unknownColumn(let name, let dataSet, let columns):
      "\(dataSet): has no column of labels '\(name)'; it has \(columns.joined(separator: ", "))"
    case .noClasses(let dataSet, let column, let kind):
      "\(dataSet): column '\(column)' holds \(kind == .vector ? "vectors" : "several labels an image"), "
        + "but one class for each image is needed"
    case .examplesPerClass(let wanted): "\(wanted) examples per class; it must be at least 1"
    case .tooFewExamples(let className, let found, let wanted):
      "class '\(className)' has \(found) examples, fewer than the \(wanted) asked for"
    case .splitFraction(let fraction): "a split at \(fraction); it must lie between 0 and 1"
    case .emptySplit(let dataSet, let part): "\(dataSet): the split leaves no examples for '\(part.rawValue)'"
    case .splitName(let file, let line, let name, let dataSet):
      "\(file):\(line):1: '\(name)' is no example of \(dataSet)"
    case .splitColumn(let dataSet, let column, let columns):
      "\(dataSet): '\(column)' is no column of groups"
        + (columns.isEmpty ? "; there are none" : "; there are \(columns.joined(separator: ", "))")
    case .splitValue(let dataSet, let column, let value, let values):
      "\(dataSet): no example has '\(value)' in column '\(column)'; there are \(someOf(values))"
    case .indexOutside(let index, let count):
      "example \(index) does not exist; the data set has \(count)"
    case .emptyDataSet: "the data set has no examples"
    case .tooManyExamples(let count):
      "the data set has \(count) examples; at most \(Int32.max) can be shuffled"
    case .batchSize(let size): "a batch size of \(size); it must be at least 1"
    case .batchMemory(let size, let height, let width):
      "a batch of \(size) images of \(width) x \(height) pixels takes more than 8 GiB; make it smaller"
    case .labelMemory(let size, let column, let width):
      "a batch of \(size) rows of \(width) labels ('\(column)') takes more than 8 GiB; make it smaller"
    case .batchNumber(let number): "batch \(number) does not exist"
    case .threadStart(let reason): "a loader thread could not be started: \(reason)"
    case .cancelled: "loading was cancelled"
    }
  }
}

private let extensions = ImageFormat.fileExtensions.map { ".\($0)" }.joined(separator: ", ")

private func hex(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

private func someOf(_ names: [String]) -> String {
  names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
}
