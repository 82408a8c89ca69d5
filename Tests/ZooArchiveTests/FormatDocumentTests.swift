import Testing
import ZooArchive

/// `Zoo/ARCHIVE.md` is what strangers write readers by: what it states is what the code does.
@Suite("The format's description") struct FormatDocumentTests {
  let lines: [String]

  init() throws {
    let text = String(decoding: try contents(fixtures + "/../../Zoo/ARCHIVE.md"), as: UTF8.self)
    lines = text.split(separator: "\n").map(String.init)
  }

  /// The cells of the table whose first heading is this, without its two first rows.
  private func table(_ heading: String) throws -> [[String]] {
    let start = try #require(lines.firstIndex { $0.hasPrefix("| \(heading) |") })
    return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmed }
    }
  }

  @Test func roles() throws {
    let rows = try table("member")
    let stated = rows.map { $0[1] }.filter { !$0.isEmpty }.map { $0.replacing("`", with: "") }
    #expect(stated.sorted() == Manifest.Role.allCases.map(\.rawValue).sorted())
    for row in rows where !row[1].isEmpty {
      for path in row[0].replacing("`", with: "").split(separator: ",").map(\.trimmed) {
        let example = path.replacing("…", with: "x.md").replacing("*", with: "MIT")
        #expect(Manifest.Role(path: example)?.rawValue == row[1].replacing("`", with: ""), "\(example)")
      }
    }
    #expect(
      rows.filter { $0[2].hasPrefix("yes") }.map { $0[0] } == [
        "`manifest.json`", "`config.yaml`", "`weights.safetensors`",
      ])
    #expect(Manifest.Role(path: "notes.txt") == nil)
    #expect(lines.contains { $0.contains("schema `\(Manifest.schema)`") })
    #expect(lines.contains { $0.contains("\"\(ArchiveSignature.schema)\"") })
  }

  @Test func limits() throws {
    let stated = try table("what").map { [$0[0].replacing("`", with: ""), $0[1]] }
    #expect(
      stated == [
        ["a member", "\(TarWriter.maximumMemberSize) bytes"],
        ["a path", "100 bytes, or 155 / 100 split at a `/`"],
        ["manifest.json", "\(Manifest.maximumSize) bytes, nested \(Manifest.maximumDepth) deep"],
        ["ancestors", "\(Manifest.Provenance.maximumAncestors)"],
        ["manifest.sig", "\(ArchiveSignature.maximumSize) bytes, \(ArchiveSignature.maximumCount) signatures"],
        ["config.yaml", "16000000 bytes, 1000000 values"],
        ["other members read into memory", "\(ModelArchive.defaultMemberLimit) bytes"],
        ["header of weights.safetensors", "100000000 bytes"],
        ["golden values of an output", "262144"],
      ])
  }

  /// The example manifest, its digests filled in, is one that the reader takes.
  @Test func theExampleIsAManifest() throws {
    let start = try #require(lines.firstIndex(of: "```json"))
    let text = lines[(start + 1)...].prefix { $0 != "```" }.joined(separator: "\n")
    var example = text
    for short in ["4a5b…", "9c01…", "77de…", "34e0…"] {
      example = example.replacing(short, with: String(repeating: String(short.prefix(4)), count: 16))
    }
    let members = """
      {"path": "config.yaml", "role": "config", "size": 1, "sha256": "\(String(repeating: "0", count: 64))"},
      {"path": "weights.safetensors", "role": "weights", "size": 1, "sha256": "\(String(repeating: "0", count: 64))"}
      """
    example = example.replacing("\"members\": [", with: "\"members\": [" + members + ", ")
    let manifest = try Manifest(parsing: Array(example.utf8), file: "ARCHIVE.md")
    #expect(manifest.provenance.ancestors.map(\.name) == ["vit-b16"])
    // Keys in the order that is described.
    let written = String(decoding: manifest.bytes, as: UTF8.self)
    func keys(_ text: String) -> [String] {
      text.matches(of: /"([a-z_0-9]+)":/).map { String($0.1) }
    }
    let order = keys(written).filter { keys(text).contains($0) }
    #expect(Array(order.prefix(18)) == Array(keys(text).prefix(18)))
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
