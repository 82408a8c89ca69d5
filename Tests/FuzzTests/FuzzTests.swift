import Testing

/// Mutated files through every reader: each is read or refused, within a second and 256 MiB.
@Suite struct FuzzTests {
  @Test func twentyThousandMutants() throws {
    let (code, output) = try Fuzz.run(["--cases", "20000", "--seed", "7"])
    #expect(code == 0, "\(output)")
    for reader in ["tar", "tar-index", "archive", "manifest", "safetensors", "npy", "npz", "json", "yaml", "recipe"]
      + ["config", "jpeg", "png", "csv", "jsonl", "shards"]
    {
      #expect(output.contains("\n\(reader): 1250 cases"), "\(output)")
    }
  }

  /// A check that cannot fail is none.
  @Test(arguments: [
    ("probe-trap", ", a trap or out of 256 MiB"),
    ("probe-hang", "more than 100 ms of processor time"),
    ("probe-memory", ", a trap or out of 256 MiB"),
    ("probe-error", "the worker failed (see above)"),
  ])
  func whatGoesWrongIsNamed(_ reader: String, _ expected: String) throws {
    let (code, output) = try Fuzz.run(["--cases", "40", "--reader", reader, "--milliseconds", "100"])
    #expect(code == 1)
    let finding = try #require(
      output.split(separator: "\n").first { $0.hasPrefix("finding: \(reader): seed 1, case ") })
    #expect(finding.hasSuffix(expected), "\(output)")
  }

  @Test func aCaseIsAlwaysTheSame() throws {
    let first = try Fuzz.run(["replay", "json", "1234", "--keep", "/dev/stdout"])
    #expect(first.code == 0)
    #expect(try first.output == Fuzz.run(["replay", "json", "1234", "--keep", "/dev/stdout"]).output)
    #expect(try first.output != Fuzz.run(["replay", "json", "1235", "--keep", "/dev/stdout"]).output)
  }
}
