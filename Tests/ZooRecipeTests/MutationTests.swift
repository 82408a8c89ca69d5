import Testing
import ZooRecipe

/// SplitMix64, so that a failure can be repeated.
private struct Numbers {
  var state: UInt64

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(max(bound, 1)))
  }
}

private let fragments =
  [
    "[", "]", "{", "}", ":", ": ", "- ", "\n", "  ", "\t", "'", "\"", "&a ", "*a", "!t ", "|\n", ">", "#",
    "---\n", "...\n",
    "null", "~", "-1", "1e999", "999999999999999999999", "\u{FEFF}", "\u{2028}", "\\", "? ", "%", ",", "<<: ",
    "\r",
  ].map { Array($0.utf8) } + [[0xFF], [0x00], [0xC3], [0xE2, 0x80], [0xF4, 0x90, 0x80, 0x80]]

private func mutated(_ bytes: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
  var bytes = bytes
  for _ in 0...numbers.next(below: 3) {
    let at = numbers.next(below: bytes.count + 1)
    let length = min(numbers.next(below: 12), bytes.count - at)
    switch numbers.next(below: 5) {
    case 0: bytes.removeSubrange(at..<(at + length))
    case 1: bytes.insert(contentsOf: fragments[numbers.next(below: fragments.count)], at: at)
    case 2: bytes.insert(contentsOf: bytes[at..<(at + length)], at: numbers.next(below: bytes.count + 1))
    case 3: bytes = Array(bytes[..<at])
    default: if at < bytes.count { bytes[at] = UInt8(numbers.next(below: 256)) }
    }
  }
  return bytes
}

@Suite("Whatever is done to a good file, it is read or refused at a place")
struct MutationTests {
  @Test func recipes() throws {
    var numbers = Numbers(state: 1)
    var read = 0
    var refused = 0
    for round in 0..<4000 {
      let bytes = mutated(Array((round % 4 == 0 ? minimal : full).utf8), &numbers)
      do {
        let recipe = try Recipe(bytes: bytes, path: "recipe.yaml")
        let text = recipe.resolvedText(origins: round % 2 == 0)
        #expect(try Recipe(bytes: Array(text.utf8), path: "again.yaml").resolved == recipe.resolved)
        read += 1
      } catch {
        let error = try #require(error as? RecipeError, "round \(round)")
        #expect(error.location.file == "recipe.yaml", "round \(round): \(error)")
        #expect(!error.description.isEmpty && !error.message.contains("\n"))
        refused += 1
      }
    }
    #expect(read > 100 && refused > 1000)
  }

  @Test func settings() throws {
    var numbers = Numbers(state: 2)
    for _ in 0..<2000 {
      let setting = String(
        decoding: mutated(Array("train.optimizer.rate=[1, {a: b}]".utf8), &numbers), as: UTF8.self)
      do {
        _ = try Recipe(bytes: Array(full.utf8), path: "recipe.yaml", overrides: [setting])
      } catch {
        let error = try #require(error as? RecipeError)
        #expect(!error.location.file.isEmpty)
      }
    }
  }

  @Test func configs() throws {
    let good = try ModelConfig(
      architecture: "vit", options: PluginOptions([("depth", .int(2))]),
      input: ModelInput(height: 8, width: 8),
      preprocessing: [.flip(probability: 0.5)],
      heads: [
        ModelHead(
          name: "label", plugin: "linear", version: "1.0", inputs: ["pooled"], target: "class",
          labels: .names(["a", "é"]))
      ]
    ).encoded()
    var numbers = Numbers(state: 3)
    var read = 0
    for _ in 0..<4000 {
      do {
        let config = try ModelConfig(bytes: mutated(good, &numbers), name: "m.tar:config.yaml")
        #expect(try ModelConfig(bytes: config.encoded(), name: "again") == config)
        read += 1
      } catch {
        #expect((error as? RecipeError)?.location.file == "m.tar:config.yaml", "\(error)")
      }
    }
    #expect(read > 100)
  }
}
