import Glibc

/// What went wrong with a file of this room: an archive, weights, an array, JSON, or the store.
///
/// `description` reads `FILE: MEMBER: tensor "NAME": what is wrong`, with the parts that apply.
public struct ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file as the user gave it (or the root folder of the store).
  public let file: String
  /// The member of the tar file, if the trouble is inside one.
  public let member: String?
  /// The tensor, if the trouble is with one.
  public let tensor: String?
  /// What is wrong.
  public let problem: Problem

  public init(_ problem: Problem, file: String, member: String? = nil, tensor: String? = nil) {
    self.problem = problem
    self.file = file
    self.member = member
    self.tensor = tensor
  }

  public var description: String {
    var text = ""
    if !file.isEmpty { text += clean(file, limit: 4096) + ": " }
    if let member { text += clean(member) + ": " }
    if let tensor { text += "tensor " + quoted(tensor) + ": " }
    return text + problem.text
  }
}

extension ArchiveError {
  /// Whether it is the name of a model that somebody gave, not a file: one that cannot be, is not there, or means several.
  public var isOfGivenName: Bool {
    switch problem {
    case .modelNotFound, .versionNotFound, .severalVersions, .noSuchModel: true
    case .badModelName: file.isEmpty
    default: false
    }
  }

  /// What this process was doing when the system refused.
  public enum Action: String, Sendable {
    case open, read, write, map, create, rename, remove, lock, list
    case sync = "write to disk"
    case examine = "look at it"
  }

  public enum Problem: Sendable, Equatable {
    // Any file.
    case system(Action, errno: Int32)
    case notAFile
    case tooLarge(size: Int, limit: Int)
    case changedWhileReading
    case lineTooLong(line: Int, limit: Int)
    case shorterThan(Int)

    // JSON.
    case json(JSONProblem, line: Int, column: Int)

    // Tensors of any format.
    case shapeOverflows([Int])
    case unknownTensor(nearest: String?)
    case notConvertible(DType, to: String)
    case wrongByteCount(got: Int, expected: Int)
    case duplicateTensor
    case badTensorName

    // safetensors.
    case headerTruncated(size: Int)
    case headerTooLarge(size: UInt64, limit: Int)
    case headerBeyondFile(size: UInt64, available: Int)
    case headerNotObject
    case metadataNotStrings
    case entryMalformed(String)
    case unknownDType(String)
    case notWholeBytes([Int], DType)
    case rangeMismatch(begin: Int, end: Int, expected: Int)
    case rangeNotContiguous(begin: Int, expected: Int)
    case dataLength(described: Int, present: Int)

    // npy.
    case npyMagic
    case npyVersion(major: Int, minor: Int)
    case npyHeaderTooLong(Int, limit: Int)
    case npyHeader(String)
    case npyObjects
    case npyDescr(String)
    case npyDataLength(described: Int, present: Int, shape: [Int], descr: String)
    case npyShape(count: Int, shape: [Int])

    // npz (ZIP).
    case notATensorFile
    case notAZip
    case zipTruncated
    case zipDirectory(String)
    case zipMember(String)
    case zipEncrypted
    case zipMethod(Int)
    case zipBeyond(size: Int, available: Int)
    case zipOverlap
    case zipRatio(size: Int, compressed: Int)
    case zipDamaged(String)
    case npzName
    case npzMemberKind

    // tar.
    case notATar
    case tarTruncated
    case tarNotBlocks(size: Int)
    case tarNoEnd
    case tarTrailing(offset: Int)
    case tarPadding(offset: Int)
    case tarChecksum(offset: Int)
    case tarHeader(offset: Int, String)
    case tarKind(String)
    case tarSparse
    case tarPath
    case tarDuplicate
    case tarBeyondFile(size: Int, available: Int)
    case tarLayout(offset: Int, expected: Int)
    case tarTooManyMembers(limit: Int)
    case tarLibrary(String)
    case tarPathTooLong
    case tarMemberTooLarge(size: Int)
    case tarWrongSize(got: Int, declared: Int)
    case tarNoMember(nearest: String?)
    case rangeOutside(offset: Int, count: Int, size: Int)

    // Manifest and model archives.
    case manifestNotFirst
    case manifestSchema(String)
    case manifestMissing(key: String)
    case manifestType(key: String, expected: String)
    case manifestUnknownKey(key: String, nearest: String?)
    case manifestRole(path: String, role: String)
    case manifestValue(key: String, value: String, expected: String)
    case manifestDuplicate(key: String, value: String)
    case manifestRoleCount(role: String, path: String)
    case memberMissing
    case memberUnlisted
    case memberSize(actual: Int, listed: Int)
    case memberDigest(actual: String, listed: String)

    // Keys and signatures.
    case keyFile(expected: String)
    case keyExists
    case keyName(String)
    case signatureFile(String)
    case signatureWrong(key: String)
    case notSignedBy([String], signers: [String])

    // Folders that archives are unpacked to and packed from.
    case alreadyThere
    case folderNoManifest
    case folderEntry(String)
    case folderRole

    // Store.
    case noHome
    case badModelName(String)
    case modelNotFound(String, nearest: [String])
    case versionNotFound(String, versions: [Int])
    case severalVersions(String, versions: [Int])
    case modelExists(String, next: String)
    case noArchives
    case notLocal
    case badAddress(String)
    case terminalInput
    case badRecord(String)
    case recordInTheWay(String)
    case recordOfAnother
    case blobMissing(model: String)
    case blobSize(model: String, actual: Int, recorded: Int)
    case noSuchModel(String, nearest: [String])
    case noSuchArchive(String)
    case storeBusy
  }
}

extension ArchiveError.Problem {
  var text: String {
    switch self {
    case .system(let action, let code): return "cannot \(action.rawValue): \(systemMessage(code))"
    case .notAFile: return "not a regular file"
    case .tooLarge(let size, let limit): return "\(size) bytes; at most \(limit) are read here"
    case .changedWhileReading: return "the file changed while it was read; try again once it is complete"
    case .lineTooLong(let line, let limit): return "line \(line) has more than \(limit) bytes"
    case .shorterThan(let size): return "has fewer than the \(size) bytes that were written to it"

    case .json(let problem, let line, let column):
      return "line \(line), column \(column): \(problem.text)"

    case .shapeOverflows(let shape): return "shape \(shown(shape)) is larger than memory can address"
    case .unknownTensor(let nearest): return "there is no such tensor" + hint(nearest)
    case .notConvertible(let dtype, let target): return "\(dtype.rawValue) cannot be read as \(target)"
    case .wrongByteCount(let got, let expected):
      return "\(got) bytes given, its shape and dtype need \(expected)"
    case .duplicateTensor: return "the name occurs twice"
    case .badTensorName: return "not usable as a name (it is empty or reserved)"

    case .headerTruncated(let size): return "\(size) bytes are too few for a safetensors file (at least 10)"
    case .headerTooLarge(let size, let limit):
      return "not a safetensors file: header of \(size) bytes, the limit is \(limit)"
    case .headerBeyondFile(let size, let available):
      return "truncated or not a safetensors file: header of \(size) bytes, \(available) follow"
    case .headerNotObject: return "not a safetensors file: the header does not begin with '{'"
    case .metadataNotStrings: return "__metadata__ must be an object of strings"
    case .entryMalformed(let expected): return "malformed entry: \(expected)"
    case .unknownDType(let name): return "unknown dtype \(quoted(name))"
    case .notWholeBytes(let shape, let dtype):
      return "shape \(shown(shape)) of \(dtype.rawValue) is not a whole number of bytes"
    case .rangeMismatch(let begin, let end, let expected):
      return "data_offsets [\(begin), \(end)] do not span the \(expected) bytes of its shape"
    case .rangeNotContiguous(let begin, let expected):
      return "data begin at \(begin) but must begin at \(expected), where the tensor before it ends"
    case .dataLength(let described, let present):
      return "the header describes \(described) bytes of data, the file has \(present)"

    case .npyMagic: return "not an npy file"
    case .npyVersion(let major, let minor):
      return "npy version \(major).\(minor) is unknown; 1.0, 2.0 and 3.0 are read"
    case .npyHeaderTooLong(let size, let limit): return "npy header of \(size) bytes, the limit is \(limit)"
    case .npyHeader(let expected): return "malformed npy header: \(expected)"
    case .npyObjects: return "the array holds Python objects; only arrays of numbers are read"
    case .npyDescr(let descr):
      return "dtype \(quoted(descr)) is not read; booleans, integers, f2, f4, f8 and bfloat16 (V2) are"
    case .npyDataLength(let described, let present, let shape, let descr):
      return "shape \(shown(shape)) of \(quoted(descr)) needs \(described) bytes of data, "
        + "the file has \(present)"
    case .npyShape(let count, let shape): return "\(count) values do not fill shape \(shown(shape))"

    case .notATensorFile: return "neither an npz file (ZIP of npy arrays) nor a safetensors file"
    case .notAZip: return "not an npz file: it does not begin as a ZIP file does"
    case .zipTruncated: return "truncated npz file: the ZIP directory at its end is missing"
    case .zipDirectory(let what): return "malformed ZIP directory: \(what)"
    case .zipMember(let what): return "malformed ZIP member: \(what)"
    case .zipEncrypted: return "the member is encrypted; save the file without a password"
    case .zipMethod(let method):
      return "compression method \(method) is not read; stored (0) and deflated (8) are"
    case .zipBeyond(let size, let available):
      return "truncated npz file: the member needs \(size) bytes, there is room for \(max(0, available))"
    case .zipOverlap: return "the member overlaps the one before it"
    case .zipRatio(let size, let compressed):
      return "\(compressed) bytes cannot hold the \(size) that are declared; not read, it may be a ZIP bomb"
    case .zipDamaged(let message): return "damaged member: \(clean(message))"
    case .npzName: return "name not allowed: it must be UTF-8 without control characters, and not empty"
    case .npzMemberKind:
      return "not an .npy member; npz files hold nothing else (PyTorch's .pt and .pth, ZIP files too, are "
        + "not read)"

    case .notATar: return "not an uncompressed tar file"
    case .tarTruncated: return "truncated tar file"
    case .tarNotBlocks(let size): return "truncated tar file: \(size) bytes are not whole blocks of 512"
    case .tarNoEnd: return "truncated tar file: the two empty blocks at the end are missing"
    case .tarTrailing(let offset): return "data at byte \(offset), after the end of the archive"
    case .tarPadding(let offset): return "data at byte \(offset), behind the end of the member"
    case .tarChecksum(let offset): return "wrong checksum in the tar header at byte \(offset)"
    case .tarHeader(let offset, let what): return "malformed tar header at byte \(offset): \(what)"
    case .tarKind(let kind): return "\(kind) is not allowed here; only plain files are"
    case .tarSparse: return "sparse files are not allowed"
    case .tarPath:
      return "path not allowed: it must be relative, of plain printable characters, without "
        + "empty, '.' or '..' parts"
    case .tarDuplicate: return "the member occurs twice"
    case .tarBeyondFile(let size, let available):
      return "truncated tar file: the member has \(size) bytes, \(available) follow"
    case .tarLayout(let offset, let expected):
      return "the member's header lies at byte \(offset), expected at byte \(expected)"
    case .tarTooManyMembers(let limit): return "more than \(limit) members"
    case .tarLibrary(let message): return "tar: \(clean(message))"
    case .tarPathTooLong: return "the path is too long for ustar (100 bytes, or 155 / 100 split at a '/')"
    case .tarMemberTooLarge(let size): return "\(size) bytes; a ustar member holds less than 8 GiB"
    case .tarWrongSize(let got, let declared):
      return "\(got) bytes were written, \(declared) declared"
    case .tarNoMember(let nearest): return "there is no such member" + hint(nearest)
    case .rangeOutside(let offset, let count, let size):
      return "bytes \(offset)..<\(offset &+ count) lie outside its \(size) bytes"

    case .manifestNotFirst: return "not a model archive: the first member must be manifest.json"
    case .manifestSchema(let found):
      return "schema \(quoted(found)) is unknown; this version reads \(quoted(Manifest.schema))"
    case .manifestMissing(let key): return "\(key) is missing"
    case .manifestType(let key, let expected): return "\(key) must be \(expected)"
    case .manifestUnknownKey(let key, let nearest): return "unknown key \(clean(key))" + hint(nearest)
    case .manifestRole(let path, let role):
      return "\(quoted(path)) has the unknown role \(quoted(role)); roles: "
        + Manifest.Role.allCases.map { $0.rawValue }.joined(separator: ", ")
    case .manifestValue(let key, let value, let expected):
      return "\(key) is \(quoted(value)); it must be \(expected)"
    case .manifestDuplicate(let key, let value): return "\(key) \(quoted(value)) occurs twice"
    case .manifestRoleCount(let role, let path):
      return "exactly one member must have the role \(role), and its path must be \(path)"
    case .memberMissing: return "listed in the manifest but not in the archive"
    case .memberUnlisted: return "in the archive but not listed in the manifest"
    case .memberSize(let actual, let listed): return "\(actual) bytes, the manifest says \(listed)"
    case .memberDigest(let actual, let listed):
      return "damaged: SHA-256 is \(actual.prefix(12))…, the manifest says \(listed.prefix(12))…"

    case .keyFile(let expected): return "not a key file: it must hold one line, \(expected)"
    case .keyExists: return "already exists; a key is never overwritten"
    case .keyName(let name):
      return "\(quoted(name)) is not a name for a key: letters, digits, '.', '_', '-', the first a letter or digit"
    case .signatureFile(let what): return "malformed signatures: \(what)"
    case .signatureWrong(let key):
      return "wrong signature by key \(key.prefix(12))…: the manifest is not what was signed"
    case .notSignedBy(let wanted, let signers):
      let keys = wanted.map { $0.prefix(12) + "…" }.joined(separator: " or ")
      let found = signers.map { $0.prefix(12) + "…" }.joined(separator: ", ")
      return "not signed by key \(keys)"
        + (signers.isEmpty ? "; it is not signed at all" : "; it is signed by \(found)")

    case .alreadyThere: return "already exists; give another --output"
    case .folderNoManifest: return "holds no manifest.json; zoo unpack makes a folder that can be packed"
    case .folderEntry(let what): return "\(what) cannot be packed; only plain files and folders can"
    case .folderRole:
      return "what is this file for? An archive holds manifest.json, config.yaml, weights.safetensors, CARD.md, "
        + "recipe.yaml, LICENSE or LICENSE.*, and files in licences/, golden/, labels/ and recipes/"

    case .noHome: return "no place for the model store: set ZOO_HOME (or XDG_DATA_HOME, or HOME)"
    case .badModelName(let name):
      return "\(quoted(name)) is not a model name: small letters, digits, '.', '_', '-', the first a "
        + "letter or digit, then at will '@' and the number of a version, such as vit-b16@2"
    case .modelNotFound(let name, let nearest):
      return "no model \(quoted(name)) in the store" + hint(nearest)
    case .versionNotFound(let name, let versions):
      return "no model \(quoted(name)) in the store; it has \(listed(versions))"
    case .severalVersions(let name, let versions):
      return "\(quoted(name)) has \(listed(versions)); say which, such as \(name)@\(versions.last ?? 1)"
    case .modelExists(let name, let next):
      return "the store already has another model \(quoted(name)); replace it (--replace) or choose another "
        + "name or version (--name \(next))"
    case .noArchives: return "no archives (*.tar) in this folder"
    case .notLocal: return "not a file:// address; zoo opens no connections, so download the archive first"
    case .badAddress(let what): return "not a file:// address that can be used: \(what)"
    case .terminalInput: return "it is a terminal; pipe an archive into it"
    case .badRecord(let what): return "damaged record of the store: \(what)"
    case .recordInTheWay(let reference):
      return "nothing was freed, since this record cannot be read and might use any archive; "
        + "zoo remove \(reference), or install it again"
    case .recordOfAnother: return "damaged: its SHA-256 is not that of the archive that was installed"
    case .blobMissing(let model): return "the archive of model \(quoted(model)) is gone; install it again"
    case .blobSize(let model, let actual, let recorded):
      return "the archive of model \(quoted(model)) has \(actual) bytes, \(recorded) were installed; "
        + "install it again"
    case .noSuchModel(let name, let nearest):
      return "no model \(quoted(name)) in the store (a path to an archive would contain '/' or end in .tar)"
        + hint(nearest)
    case .noSuchArchive(let path):
      return "no archive at \(quoted(path)); taken as a path because it contains '/' or ends in .tar "
        + "(a name in the store does neither)"
    case .storeBusy: return "another process keeps removing files from the store; try again"
    }
  }
}

/// `version 1`, `versions 1 and 2`.
private func listed(_ versions: [Int]) -> String {
  let texts = versions.map(String.init)
  guard texts.count > 1, let last = texts.last else { return "version " + texts.joined() }
  return "versions " + texts.dropLast().joined(separator: ", ") + " and " + last
}

extension JSONProblem {
  /// What is wrong, in words.
  public var text: String {
    switch self {
    case .expected(let what, let found): return "expected \(what), found \(found)"
    case .unexpectedEnd: return "the text ends too early"
    case .trailing: return "text follows the end of the value"
    case .tooDeep(let limit): return "nested more than \(limit) deep"
    case .tooLong(let size, let limit): return "\(size) bytes of JSON, the limit is \(limit)"
    case .tooManyValues(let limit): return "more than \(limit) values"
    case .duplicateKey(let key): return "the key \(quoted(key)) occurs twice"
    case .invalidUTF8: return "invalid UTF-8 in a string"
    case .tooManyMarks: return "more than 30 combining marks in a row in a string"
    case .controlCharacter: return "control character in a string; write it as an escape"
    case .badEscape: return "invalid escape in a string"
    case .loneSurrogate: return "half of a surrogate pair in a string"
    case .badNumber: return "invalid number"
    case .numberOutOfRange: return "number out of range"
    }
  }
}
