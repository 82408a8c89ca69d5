import Testing
import ZooArchive

private func isThere(_ command: String...) -> Bool { status(of: command) == 0 }

/// What other people's tools make of our archives.
@Suite("Other readers") struct InteropTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeModel(folder("m.tar"))
    try ModelArchive.open(folder("m.tar")).sign(with: SigningKey(), to: folder("m.tar"))
  }

  private func extract(_ program: String) throws {
    try ModelArchive.open(folder("m.tar")).unpack(to: folder("ours"))
    #expect(status(of: ["mkdir", folder("theirs")]) == 0)
    #expect(status(of: [program, "-C", folder("theirs"), "-xf", folder("m.tar")]) == 0)
    #expect(status(of: ["diff", "-r", folder("ours"), folder("theirs")]) == 0)
  }

  @Test(.enabled(if: isThere("tar", "--version"), "GNU tar is not installed"))
  func gnuTarExtracts() throws { try extract("tar") }

  @Test(.enabled(if: isThere("bsdtar", "--version"), "bsdtar is not installed (libarchive-tools)"))
  func bsdtarExtracts() throws { try extract("bsdtar") }

  /// A reader of safetensors written from the format's description alone, and Python's of tar.
  @Test(.enabled(if: isThere("python3", "--version"), "python3 is not installed"))
  func pythonReadsIt() throws {
    let script = """
      import json, struct, sys, tarfile, hashlib
      tar = tarfile.open(sys.argv[1])
      manifest = json.load(tar.extractfile("manifest.json"))
      for m in manifest["members"]:
          data = tar.extractfile(m["path"]).read()
          assert len(data) == m["size"] and hashlib.sha256(data).hexdigest() == m["sha256"], m
          info = tar.getmember(m["path"])
          assert (info.mode, info.mtime, info.uid, info.gid, info.uname, info.gname) == (0o644, 0, 0, 0, "", ""), info
      start = tar.getmember("weights.safetensors").offset_data
      raw = open(sys.argv[1], "rb").read()
      n, = struct.unpack_from("<Q", raw, start)
      header = json.loads(raw[start + 8:start + 8 + n])
      base = start + 8 + n
      assert base % 64 == 0
      sizes = []
      for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
          a, b = entry["data_offsets"]
          sizes.append(b - a)
          if (b - a) % 64 == 0: assert (base + a) % 64 == 0, name
      assert sizes == sorted(sizes, key=lambda size: size % 64 != 0)
      a, b = header["head.bias"]["data_offsets"]
      assert struct.unpack("<3f", raw[base + a:base + b]) == (0, 1, 2)
      """
    #expect(status(of: ["python3", "-c", script, folder("m.tar")]) == 0)
  }

  @Test(
    .enabled(if: isThere("python3", "-c", "import safetensors.numpy, numpy"), "Python's safetensors is not installed"))
  func pythonsSafetensorsReadsIt() throws {
    try ModelArchive.open(folder("m.tar")).unpack(to: folder("u"))
    let script = """
      import sys, numpy, safetensors.numpy
      t = safetensors.numpy.load_file(sys.argv[1] + "/weights.safetensors")
      assert sorted(t) == ["a.weight", "b.weight", "head.bias"]
      assert (t["b.weight"] == numpy.arange(32).reshape(4, 8)).all()
      assert (numpy.load(sys.argv[1] + "/golden/input.npy") == [1, 2, 3]).all()
      """
    #expect(status(of: ["python3", "-c", script, folder("u")]) == 0)
  }
}
