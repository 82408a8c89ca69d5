import Testing
import ZooRecipe

/// Texts that would take a parser or a comparison minutes, in a file of some hundred kilobytes.
@Suite struct CostlyYAMLTests {
  @Test func tagDirectives() {
    #expect(
      failure("# c\n%YAML 1.2\n%TAG !a! x\n---\na: 1\n")
        == """
        recipe.yaml:3:1: tags are not supported ('%TAG')
            3 | %TAG !a! x
              | ^ remove this line
        """)
    #expect(failure("#\u{85}%TAG !a! x\n").hasPrefix("recipe.yaml:2:1: tags are not supported ('%TAG')\n"))
    #expect(failure("a: 1\n...\n%TAG !a! x\n").hasPrefix("recipe.yaml:3:1: tags are not supported ('%TAG')\n"))
  }

  @Test func percentSignsInValuesAreText() throws {
    let text = try YAMLNode.parse(Array("a: |\n  %TAG\nb: \"x\n%TAG y\"\n".utf8), name: "x")
    #expect(text?["a"]?.textValue == "%TAG\n")
    #expect(text?["b"]?.textValue == "x %TAG y")
  }

  @Test func combiningMarks() {
    let problem = "more than 30 combining marks in a row"
    let marks = String(repeating: "\u{301}\u{323}", count: 16)
    #expect(failure("model: a\(marks)\n").hasPrefix("recipe.yaml:1:8: \(problem)\n"))
    #expect(failure("a\(marks): 1\n").hasPrefix("recipe.yaml:1:1: \(problem)\n"))
    let escaped = String(repeating: "\\u0301\\u0323", count: 16)
    #expect(failure("model: \"\(escaped)\"\n").hasPrefix("recipe.yaml:1:8: \(problem)\n"))
  }
}
