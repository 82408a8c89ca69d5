import Testing
import ZooGraph
import ZooHost

/// What is said of components that cannot be registered. All of a plugin's or none.
@Suite(.enabled(if: PluginFolder.compiler != nil)) struct RegistrationTests {
  private func refusal(_ change: (inout CHead) -> Void) throws -> String? {
    var head = CHead()
    change(&head)
    let folder = try PluginFolder()
    try folder.compile("libzoo-x.so", head.source)
    let (components, problems) = Plugins(directories: [folder.path]).all()
    #expect(components.isEmpty)
    return problems.first?.detail
  }

  @Test func goodOnesAreTaken() throws {
    let folder = try PluginFolder()
    try folder.compile("libzoo-x.so", CHead().source)
    let head = try Plugins(directories: [folder.path]).head("plain")
    #expect(head.summary == "for tests" && head.version == "1" && head.file == folder.file("libzoo-x.so"))
  }

  @Test func missingFunctions() throws {
    for function in ["describe", "create", "declare", "build", "destroy"] {
      let text = try refusal { $0.prepare = "t.\(function) = NULL;" }
      #expect(text == "registration failed: component 'plain' has no function '\(function)'")
    }
  }

  @Test func oddTables() throws {
    #expect(
      try refusal { $0.kind = "7" }
        == "registration failed: component 'plain' is of kind 7, which this zoo does not know")
    #expect(
      try refusal { $0.prepare = "t.size = 100;" }
        == "registration failed: component table of 100 bytes is shorter than the first one's 144")
    #expect(
      try refusal { $0.prepare = "t.flags = 2;" }
        == "registration failed: component 'plain' sets reserved flags")
    #expect(
      try refusal { $0.register = "return c->host->register_component(c, NULL);" }
        == "registration failed: no component table was given")
    for name in ["", "Plain", "a b", "../x", "9x"] {
      #expect(
        try refusal { $0.name = name }
          == "registration failed: component name '\(name)' must be of a-z, 0-9 and -, "
          + "beginning with a letter")
    }
  }

  /// A newer table is longer; what this host does not know of it is not looked at.
  @Test func longerTablesAreTaken() throws {
    let folder = try PluginFolder()
    var head = CHead()
    head.register = """
      struct { zoo_component t; void *more[4]; } longer = {t, {c, c, c, c}};
      longer.t.size = sizeof longer;
      return c->host->register_component(c, &longer.t);
      """
    try folder.compile("libzoo-x.so", head.source)
    #expect(try Plugins(directories: [folder.path]).head("plain").name == "plain")
  }

  @Test func allOrNothing() throws {
    let text = try refusal {
      $0.register =
        "TRY(c->host->register_component(c, &t)); t.kind = 9; return c->host->register_component(c, &t);"
    }
    #expect(text == "registration failed: component 'plain' is of kind 9, which this zoo does not know")
    let twice = try refusal {
      $0.register = "TRY(c->host->register_component(c, &t)); return c->host->register_component(c, &t);"
    }
    #expect(twice == "registration failed: head 'plain' is registered twice")
  }

  @Test func takenNamesNameTheOwner() throws {
    let folder = try PluginFolder()
    try folder.compile("libzoo-a.so", CHead().source)
    try folder.compile("libzoo-b.so", CHead().source)
    let (components, problems) = Plugins(directories: [folder.path]).all()
    #expect(components.map(\.file) == [folder.file("libzoo-a.so")])
    #expect(
      problems.map(\.description) == [
        "\(folder.file("libzoo-b.so")): registration failed: head 'plain' is already provided by "
          + folder.file("libzoo-a.so")
      ])
  }

  @Test func registrationEndsWithTheEntryPoint() throws {
    let folder = try PluginFolder()
    var head = CHead()
    head.build = "zoo_component t = {.size = sizeof t}; return h->register_component(c, &t);"
    try folder.compile("libzoo-x.so", head.source)
    let instance = try Plugins(directories: [folder.path]).head("plain").instantiate(options: "{}")
    #expect {
      _ = try BuiltHead(instance)
    } throws: {
      ($0 as? HostError)?.detail == "build: components are registered in zoo_plugin_main alone"
    }
  }

  @Test func oddDeclarations() throws {
    let cases = [
      ("", "'inputs' is missing"), ("{", "bad JSON at byte 1: expected a string"),
      (#"{\"inputs\":3}"#, "'inputs' must be a list, it is a number"),
      (
        #"{\"inputs\":[],\"target\":\"class\",\"outputs\":[],\"metrics\":[],\"couples_examples\":false}"#,
        "'outputs' must not be empty"
      ),
    ]
    for (text, message) in cases {
      let folder = try PluginFolder()
      var head = CHead()
      head.declare = text
      try folder.compile("libzoo-x.so", head.source)
      let component = try Plugins(directories: [folder.path]).head("plain")
      #expect {
        _ = try component.instantiate(options: "{}")
      } throws: {
        "\($0)" == "head 'plain' (\(folder.file("libzoo-x.so"))): declare: \(message)"
      }
    }
  }
}
