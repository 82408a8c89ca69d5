import Testing
import ZooHost

/// What a user reads when options do not do.
@Suite struct OptionTests {
  @Test(arguments: [
    (
      "vit", #"{"widht": 64}"#,
      "options: unknown key 'widht'; did you mean 'width'? known: width, depth, heads, mlp, patch, image, "
        + "gelu, layer-norm-epsilon, pool, pre-logits, dropout, drop-path"
    ),
    ("vit", #"{"width": "wide"}"#, "options.width: expected a whole number that fits Int, got a string"),
    ("vit", #"{"width": 64.5}"#, "options.width: expected a whole number that fits Int, got a number"),
    ("vit", #"{"gelu": "exact"}"#, "options.gelu: expected one of erf, tanh, got 'exact'"),
    (
      "vit", #"{"layer-norm-epsilon": true}"#,
      "options.layer-norm-epsilon: expected a number, got true or false"
    ),
    ("vit", #"{"width": 100}"#, "options.width: must be a multiple of 12 heads, not 100"),
    ("vit", #"{"depth": 0}"#, "options.depth: must be at least 1, not 0"),
    ("vit", #"{"image": 8}"#, "options.image: must be at least one patch of 16, not 8"),
    ("vit", #"[1]"#, "options: expected a group of options, got a list"),
    ("vit", #"{"width": 1,}"#, "options: bad JSON at byte 12: expected a string"),
    ("vit", #"{"width": 1, "width": 2}"#, "options: bad JSON at byte 20: 'width' twice"),
    (
      "bit", #"{"units": [1, "2"]}"#, "options.units.[1]: expected a whole number that fits Int, got a string"
    ),
    ("bit", #"{"units": [1, 2]}"#, "options.widths: has 4 stages where units has 2"),
    ("bit", #"{"stem": 65}"#, "options.stem: must be a multiple of 32 groups, not 65"),
    ("bit", #"{"units": 3}"#, "options.units: expected a list, got a number"),
  ])
  func wrongOptionsAreNamed(_ backbone: String, _ options: String, _ message: String) throws {
    let component = try builtPlugins().backbone(backbone)
    #expect {
      _ = try component.instantiate(options: options)
    } throws: { error in
      guard let error = error as? HostError else { return false }
      return error.detail == message && error.kind == .options
        && error.description == "backbone '\(backbone)' (\(component.file)): \(message)"
    }
  }

  @Test func smoothingHasBounds() throws {
    let head = try builtPlugins().head("linear")
    #expect {
      _ = try head.instantiate(options: #"{"smoothing": 1}"#)
    } throws: {
      ($0 as? HostError)?.detail == "options.smoothing: must be at least 0 and below 1, not 1.0"
    }
  }

  @Test func defaultsAreDescribedInOrder() throws {
    let description = try builtPlugins().backbone("bit").description()
    #expect(
      description.options.map { "\($0.name)=\($0.defaultValue)" } == [
        "units=[3,4,6,3]", "widths=[256,512,1024,2048]", "stem=64", "norm=\"group\"", "standardise=true",
        "groups=32", "ws-epsilon=1e-10", "gn-epsilon=1e-05", "image=224",
      ])
    #expect(description.variants.map(\.name).first == "bit-r50x1")
  }

  /// Numerics follow the library that a checkpoint comes from.
  @Test func formatsBringTheirNumerics() throws {
    let vit = try builtPlugins().backbone("vit").description()
    #expect(vit.formats.map(\.name) == ["timm", "official", "hf"])
    #expect(vit.formatOptions("timm") == #"{"gelu":"erf"}"#)
    #expect(vit.formatOptions("official") == "{}")
    #expect(vit.formatOptions("hf") == #"{"gelu":"erf","layer-norm-epsilon":1e-12}"#)
    let bit = try builtPlugins().backbone("bit").description()
    #expect(bit.formatOptions("timm") == #"{"ws-epsilon":1e-08}"#)
  }

  @Test func settingsAreReadLikeTheDefaults() throws {
    let plugins = try builtPlugins()
    let bit = try plugins.backbone("bit").options(
      settings: [("units", "1,2,1,1"), ("stem", "64"), ("ws-epsilon", "1e-8")])
    #expect(bit == #"{"units":[1,2,1,1],"stem":64,"ws-epsilon":1e-08}"#)
    let vit = try plugins.backbone("vit").options(settings: [
      ("gelu", "erf"), ("width", "many"), ("wdith", "4"),
    ])
    #expect(vit == #"{"gelu":"erf","width":"many","wdith":4}"#)
  }

  @Test func variantsAreResolvedAndOverridden() throws {
    let plugins = try builtPlugins()
    let found = try plugins.resolve(architecture: "vit-l16", options: #"{"image": 384}"#)
    #expect(found.component.name == "vit")
    let declaration = try found.component.instantiate(options: found.options).backboneDeclaration()
    #expect(declaration.image.height == 384)
    #expect(declaration.depth == 24)
    #expect(declaration.features == 1024)
    #expect(declaration.image.mean == [0.5, 0.5, 0.5])
    #expect(try plugins.resolve(architecture: "vit").options == "{}")
  }

  @Test func unknownArchitecturesAreNamed() throws {
    #expect {
      _ = try builtPlugins().resolve(architecture: "vit-b61")
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("no architecture 'vit-b61'; did you mean 'vit-b16'? known: bit, bit-r50x1, ")
        && text.contains(", vit, vit-ti16, ")
    }
  }

  @Test func unknownFormatsAreNamed() throws {
    let instance = try builtPlugins().backbone("bit").instantiate(options: "{}")
    #expect {
      _ = try instance.keyMap("hf")
    } throws: {
      ($0 as? HostError)?.detail == "key map: no key map for the format 'hf'; known: timm, official"
    }
  }
}
