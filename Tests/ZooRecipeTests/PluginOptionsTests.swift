import Testing
import ZooRecipe

private let heads = """
  heads:
    label:
      options:
        hidden: [64, '32', 1e-3, +.50, 007]
        "a \\"b\\"\\n": {deep: [{x: null}, true], no: yes}
        empty: {}

  """

@Suite("Options of plugins")
struct PluginOptionsTests {
  private func options() throws -> PluginOptions {
    try #require(try recipe(minimal + heads).head(named: "label")).options
  }

  @Test func asJSON() throws {
    #expect(
      try options().json()
        == #"{"hidden":[64,"32",1e-3,0.50,7],"a \"b\"\n":{"deep":[{"x":null},true],"no":"yes"},"empty":{}}"#)
    #expect(PluginOptions().json() == "{}")
  }

  @Test func jsonReadsBack() throws {
    let json = try options().json()
    #expect(try PluginOptions(json: json, name: "x").json() == json)
    #expect(try PluginOptions(json: #"{"a\/b": ["\u0001é"]}"#, name: "x").json() == #"{"a/b":["\u0001é"]}"#)
  }

  @Test func pathsLeadBackIntoTheFile() throws {
    let options = try options()
    func place(_ path: [String], key: Bool = false) throws -> [Int] {
      let location = try #require(options.location(ofOption: path, key: key))
      #expect(location.file.hasSuffix("recipe.yaml"))
      return [location.line, location.column]
    }
    #expect(try place(["hidden"]) == [10, 15])
    #expect(try place(["hidden"], key: true) == [10, 7])
    #expect(try place(["options", "hidden", "[1]"]) == [10, 20])
    #expect(try place(["hidden", "2"]) == [10, 26])
    #expect(try place(["hidden[3]"]) == [10, 32])
    #expect(try place(["a \"b\"\n", "deep", "[0]", "x"], key: true) == [11, 29])
    #expect(try place(["hidden", "[9]"]) == [10, 15])
    #expect(try place(["hidden", "[-1]"]) == [10, 15])
    #expect(try place(["nothing", "here"]) == [10, 7])
    #expect(try place([]) == [10, 7])
    #expect(PluginOptions().location(ofOption: ["x"]) == nil)
  }

  @Test func errorsOfOtherRoomsShowTheLine() throws {
    let location = try #require(try options().location(ofOption: ["hidden", "[0]"]))
    let error = RecipeError(at: location, "head 'label': hidden must be at most 32", hint: "try 32")
    #expect(
      error.description.hasSuffix(
        """
        recipe.yaml:10:16: head 'label': hidden must be at most 32
           10 |       hidden: [64, '32', 1e-3, +.50, 007]
              |                ^ try 32
        """))
  }

  @Test func fromTheCommandLine() throws {
    let options = try PluginOptions(settings: [
      "width=64", "units=1,2,1,1", "name=a,b", "deep.x=true", "width=8",
    ])
    #expect(options.json() == #"{"width":8,"units":[1,2,1,1],"name":"a,b","deep":{"x":true}}"#)
    #expect(options.location(ofOption: ["units", "[1]"])?.description == "--set units=1,2,1,1")
  }

  @Test func mustBeAMapping() throws {
    #expect(
      failure(minimal + "heads: {label: {options: [1]}}\n") == """
        recipe.yaml:7:26: 'heads.label.options' must be a mapping, not a list
            7 | heads: {label: {options: [1]}}
              |                          ^
        """)
  }
}
