extension AnnotationRecipe {
  init(tree: YAMLNode, path: String) throws {
    let reader = try MappingReader<AnnotationRootKey>(tree, path: "")
    self.path = path
    resolved = tree
    func inner<Key: RecipeKey>(_ key: AnnotationRootKey, _ keys: Key.Type) throws -> MappingReader<Key> {
      try MappingReader<Key>(reader.node(key) ?? YAMLNode(.mapping([]), at: tree.location), path: key.rawValue)
    }
    input = try Input(MappingReader(try reader.required(.input), path: "input"))
    let named = try reader.required(.signals)
    signals = try reader.named(.signals, Signal.init) ?? []
    if signals.isEmpty { throw RecipeError.needs(named.location, "signals", "at least one text") }
    if signals.count > 64 { throw RecipeError.wrongCount(named, "signals", wanted: "at most 64 texts", found: signals.count) }
    language = try Language(inner(.language, LanguageKey.self))
    text = try Text(inner(.text, TextKey.self))
    stopLists = try reader.list(.stopLists, RecipePath.init) ?? []
    dictionary = try Dictionary(inner(.dictionary, DictionaryKey.self))
    counting = try Counting(inner(.counting, CountingKey.self))
    scores = try Scores(inner(.scores, ScoreKey.self))
    clusters = try Clusters(inner(.clusters, ClusterKey.self))
    labels = try Labels(inner(.labels, LabelKey.self))
    duplicates = try Duplicates(inner(.duplicates, DuplicateKey.self))
    split = try HeldOut(inner(.split, HeldOutKey.self))
    sampling = try Sampling(inner(.sampling, SamplingKey.self))
    output = try Output(inner(.output, AnnotationOutputKey.self))
    truth = try reader.mapping(.truth, KnownLabelsKey.self, KnownLabels.init)
  }
}

extension MappingReader where Key: RecipeKey {
  /// The value, or what the key's description says holds without one.
  fileprivate func standard(_ key: Key) throws -> Int {
    try int(key) ?? described(key).flatMap(\.intValue) ?? 0
  }

  fileprivate func standard(_ key: Key) throws -> Double {
    try double(key) ?? described(key).flatMap(\.doubleValue) ?? 0
  }

  fileprivate func standard(_ key: Key) throws -> Bool {
    try bool(key) ?? described(key).flatMap(\.boolValue) ?? false
  }

  fileprivate func standard(_ key: Key) throws -> String {
    try text(key) ?? described(key).flatMap(\.textValue) ?? ""
  }

  private func described(_ key: Key) throws -> YAMLNode? {
    guard case .value(let text) = key.field.absence else { return nil }
    return try YAMLNode.parse(Array(text.utf8), name: "")
  }
}

extension AnnotationRecipe.Input {
  init(_ reader: MappingReader<AnnotationInputKey>) throws {
    _ = try reader.required(.format)
    format = try reader.choice(.format) ?? .jsonl
    let node = try reader.required(.path)
    if node.items != nil {
      paths = try reader.list(.path, RecipePath.init) ?? []
      if paths.isEmpty { throw RecipeError.needs(node.location, reader.path(.path), "at least one file") }
    } else {
      paths = [try RecipePath(node, reader.path(.path))]
    }
    if format == .webdataset { try reader.refuse([.image], belongingTo: "format: jsonl", given: format.rawValue) }
    image = try reader.standard(.image)
    id = try reader.text(.id)
    url = try reader.text(.url)
    group = try reader.text(.group)
    broken = try reader.choice(.broken) ?? .skip
    recordBytes = try reader.standard(.recordBytes)
  }
}

extension AnnotationRecipe.Signal {
  init(_ entry: YAMLEntry, _ path: String) throws {
    let node = entry.value.isNull ? YAMLNode(.mapping([]), at: entry.keyLocation) : entry.value
    let reader = try MappingReader<SignalKey>(node, path: path)
    name = entry.key
    field = try reader.text(.field_) ?? entry.key
    weight = try reader.standard(.weight)
    trust = try reader.standard(.trust)
    separator = try reader.text(.separator)
  }
}

extension AnnotationRecipe.Language {
  init(_ reader: MappingReader<LanguageKey>) throws {
    field = try reader.text(.field_)
    keep = try reader.list(.keep, readText) ?? []
    profiles = try reader.named(.profiles) { (name: $0.key, path: try RecipePath($0.value, $1)) } ?? []
    if let at = reader.entry(.keep), field == nil, profiles.isEmpty {
      throw RecipeError.needs(at.keyLocation, reader.path(.keep), "'field' or 'profiles' to tell languages by")
    }
    if profiles.count == 1, let at = reader.entry(.profiles) {
      throw RecipeError.needs(at.keyLocation, reader.path(.profiles), "two languages or more to choose among")
    }
    least = try reader.standard(.least)
    keepsUnknown = try reader.standard(.ifUnknown)
  }
}

extension AnnotationRecipe.Text {
  init(_ reader: MappingReader<TextKey>) throws {
    words = try reader.standard(.words)
    tokens = try reader.standard(.tokens)
    shortestWord = try reader.standard(.shortestWord)
    longestWord = try reader.standard(.longestWord)
    signalBytes = try reader.standard(.signalBytes)
  }
}

extension AnnotationRecipe.Dictionary {
  init(_ reader: MappingReader<DictionaryKey>) throws {
    file = try reader.node(.file).map { try RecipePath($0, reader.path(.file)) }
    if file != nil {
      try reader.refuse([.cohesion, .largestShare], belongingTo: "a dictionary of the records", given: "file")
    }
    terms = try reader.standard(.terms)
    records = try reader.standard(.records)
    largestShare = try reader.standard(.largestShare)
    nested = try reader.bool(.nested) ?? (file == nil)
    cohesion = try reader.standard(.cohesion)
    plurals = try reader.standard(.plurals)
    spelling = try reader.standard(.spelling)
    spellingRatio = try reader.standard(.spellingRatio)
  }
}

extension AnnotationRecipe.Counting {
  init(_ reader: MappingReader<CountingKey>) throws {
    rows = try reader.standard(.rows)
    columns = try reader.standard(.columns)
    if columns & (columns - 1) != 0, let node = reader.node(.columns) {
      throw RecipeError.wrongType(node, reader.path(.columns), wanted: "a power of two")
    }
    if rows * columns > 1 << 31, let node = reader.node(.columns) ?? reader.node(.rows) {
      throw RecipeError.needs(node.location, reader.path, "rows * columns of at most \(1 << 31), which takes 16 GiB")
    }
    candidates = try reader.standard(.candidates)
    pairsInMemory = try reader.standard(.pairsInMemory)
    leastPairs = try reader.standard(.leastPairs)
    pairedTerms = try reader.standard(.pairedTerms)
  }
}

extension AnnotationRecipe.KnownLabels {
  init(_ reader: MappingReader<KnownLabelsKey>) throws {
    path = try RecipePath(try reader.required(.path), reader.path(.path))
    id = try reader.standard(.id)
    labels = try reader.standard(.labels)
  }
}

extension AnnotationRecipe.Scores {
  init(_ reader: MappingReader<ScoreKey>) throws {
    weights = try [.source, .tfIdf, .agreement, .similarity, .company, .support, .contradiction, .bias].map { try reader.standard($0) }
    threshold = try reader.standard(.threshold)
    sample = try reader.mapping(.sample, KnownLabelsKey.self, AnnotationRecipe.KnownLabels.init)
    precision = try reader.double(.precision)
    if let at = reader.entry(.precision), sample == nil {
      throw RecipeError.needs(at.keyLocation, reader.path(.precision), "a 'sample' to measure it on")
    }
    if let at = reader.entry(.threshold), sample != nil {
      throw RecipeError.onlyFor(at.keyLocation, "threshold", "scores without a sample", given: "sample")
    }
  }
}

extension AnnotationRecipe.Clusters {
  init(_ reader: MappingReader<ClusterKey>) throws {
    method = try reader.choice(.method) ?? .kMeans
    headRecords = try reader.standard(.headRecords)
    headTerms = try reader.standard(.headTerms)
    clusters = try reader.int(.clusters)
    if method != .agglomerative { try reader.refuse([.linkage], belongingTo: "method: agglomerative", given: method.rawValue) }
    if method != .miniBatch { try reader.refuse([.batch], belongingTo: "method: mini-batch", given: method.rawValue) }
    linkage = try reader.choice(.linkage) ?? .average
    batch = try reader.standard(.batch)
    embeddings = try reader.node(.embeddings).map { try RecipePath($0, reader.path(.embeddings)) }
    if embeddings == nil { try reader.refuse([.imageShare], belongingTo: "embeddings", given: "none") }
    imageShare = try reader.standard(.imageShare)
    dimensions = try reader.standard(.dimensions)
    seed = try reader.standard(.seed)
  }
}

extension AnnotationRecipe.Labels {
  init(_ reader: MappingReader<LabelKey>) throws {
    perImage = try reader.standard(.perImage)
    leastImages = try reader.standard(.leastImages)
    keepsBest = try reader.standard(.keepBest)
  }
}

extension AnnotationRecipe.Duplicates {
  init(_ reader: MappingReader<DuplicateKey>) throws {
    id = try reader.standard(.id)
    url = try reader.standard(.url)
    text = try reader.standard(.text)
    image = try reader.choice(.image) ?? .none
    if image != .perceptual { try reader.refuse([.distance], belongingTo: "image: perceptual", given: image.rawValue) }
    distance = try reader.standard(.distance)
    removes = try reader.standard(.remove)
  }
}

extension AnnotationRecipe.HeldOut {
  init(_ reader: MappingReader<HeldOutKey>) throws {
    share = try reader.standard(.heldOut)
    seed = try reader.standard(.seed)
  }
}

extension AnnotationRecipe.Sampling {
  init(_ reader: MappingReader<SamplingKey>) throws {
    method = try reader.choice(.method) ?? .all
    if method != .capped { try reader.refuse([.cap], belongingTo: "method: capped", given: method.rawValue) }
    share = try reader.standard(.share)
    cap = try reader.standard(.cap)
    most = try reader.standard(.most)
    seed = try reader.standard(.seed)
  }
}

extension AnnotationRecipe.Output {
  init(_ reader: MappingReader<AnnotationOutputKey>) throws {
    images = try reader.choice(.images) ?? .reference
    keepsUnlabelled = try reader.standard(.unlabelled)
  }
}
