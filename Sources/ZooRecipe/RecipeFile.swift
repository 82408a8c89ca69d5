import Glibc

/// Why a file could not be read.
struct FileProblem: Error {
  let reason: String
}

/// Reads a small text file whole.
func readFile(_ path: String, limit: Int) throws(FileProblem) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw FileProblem(reason: reason(errno)) }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw FileProblem(reason: reason(errno)) }
  if status.st_mode & S_IFMT == S_IFDIR { throw FileProblem(reason: "it is a folder") }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw FileProblem(reason: reason(errno)) }
    if count == 0 { return bytes }
    bytes.append(contentsOf: chunk[..<count])
    guard bytes.count <= limit else { throw FileProblem(reason: "it is larger than \(limit) bytes") }
  }
}

func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// One spelling for each file, to notice files that extend each other.
func realPath(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return path }
  defer { free(resolved) }
  return String(cString: resolved)
}

private func reason(_ code: Int32) -> String {
  switch code {
  case ENOENT: "no such file"
  case EACCES: "permission denied"
  default: String(cString: strerror(code)).lowercased()
  }
}
