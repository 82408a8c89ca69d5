import Testing
import ZooRecipe

@Suite("A right recipe becomes typed values")
struct RecipeValueTests {
  @Test func defaultsOfTheSmallestRecipe() throws {
    let scratch = try Scratch()
    try scratch.write("My pets.v2.yaml", minimal)
    let recipe = try scratch.load("My pets.v2.yaml")
    guard case .stored(let model) = recipe.model else {
      Issue.record("not a stored model")
      return
    }
    #expect(model.text == "vit-b16")
    #expect(recipe.name == "My-pets.v2")
    #expect(recipe.input == nil)
    #expect(recipe.transforms == Transforms())
    #expect(recipe.heads == [])
    #expect(recipe.engine == .auto)
    #expect(recipe.threads == nil)
    let train = recipe.train
    #expect(train.length == .steps(500))
    #expect(train.batch == 64)
    #expect(train.microBatch == nil)
    #expect(train.seed == 0)
    #expect(train.optimizer == OptimizerSettings(rate: 0.003, momentum: 0.9, nesterov: false, weightDecay: 0))
    #expect(train.schedule == ScheduleSettings(kind: .constant, warmup: 0))
    #expect(train.clipNorm == nil)
    #expect(train.shuffle)
    #expect(train.evaluateEvery == nil)
    #expect(train.logEvery == 1)
    let task = recipe.tasks[0]
    #expect([task.name, task.head] == ["label", "label"])
    #expect(task.weight == 1)
    #expect(task.evaluate == nil)
    #expect(task.train.limitPerClass == nil)
  }

  @Test func everyKey() throws {
    let recipe = try recipe(full)
    guard case .stored(let model) = recipe.model else {
      Issue.record("not a stored model")
      return
    }
    #expect(model.text == "models/bit.tar")
    #expect(recipe.name == "clothing")
    #expect(recipe.input == ImageSize(height: 224, width: 192))
    #expect(
      recipe.transforms.train == [
        .resize(size: ImageSize(height: 256, width: 256), mode: .shortSide, filter: .bicubic),
        .crop(size: ImageSize(height: 224, width: 224), position: .random),
        .flip(probability: 0.5),
      ])
    #expect(
      recipe.transforms.evaluate == [
        .resize(size: ImageSize(height: 224, width: 192), mode: .square, filter: .bilinear)
      ])
    let train = recipe.train
    #expect(train.length == .epochs(10))
    #expect(train.batch == 32)
    #expect(train.microBatch == 8)
    #expect(train.seed == 7)
    #expect(
      train.optimizer == OptimizerSettings(rate: 0.01, momentum: 0.8, nesterov: true, weightDecay: 0.0001))
    #expect(
      train.schedule == ScheduleSettings(kind: .step, warmup: 100, milestones: [200, 300], factor: 0.2))
    #expect(train.clipNorm == 1)
    #expect(!train.shuffle)
    #expect(train.evaluateEvery == 100)
    #expect(train.logEvery == 2)
    #expect(recipe.engine == .onednn)
    #expect(recipe.threads == 2)
  }

  @Test func fromRandomWeights() throws {
    let recipe = try recipe(
      minimal, ["model={architecture: bit, options: {units: [1, 1, 1, 1]}, seed: 3}", "heads.label={}"])
    guard case .fresh(let model) = recipe.model else {
      Issue.record("not a fresh model")
      return
    }
    #expect(model.architecture == "bit")
    #expect(model.options.json() == #"{"units":[1,1,1,1]}"#)
    #expect(model.seed == 3)
    #expect(model.location.description.hasPrefix("--set model="))
  }

  @Test func headsAndTasksKeepTheirOrder() throws {
    let recipe = try recipe(full)
    #expect(recipe.heads.map(\.name) == ["kinds", "other"])
    let kinds = try #require(recipe.head(named: "kinds"))
    #expect(kinds.plugin == "mlp")
    #expect(kinds.weights == .keep)
    #expect(kinds.input == "tokens")
    #expect(kinds.labels == .names(["hat", "shoe"]))
    let other = try #require(recipe.head(named: "other"))
    #expect(other.plugin == "linear")
    #expect(other.weights == .new)
    #expect(other.input == "pooled")
    #expect(other.labels == .fromData)
    #expect(recipe.tasks.map(\.name) == ["label", "other"])
    #expect(recipe.tasks.map(\.head) == ["kinds", "other"])
    let task = recipe.tasks[0]
    #expect(task.weight == 0.5)
    #expect(task.train.limitPerClass == 5)
    #expect(task.train.subsetSeed == 2)
    guard case .tar(let tar) = task.train.contents,
      case .tensors(let x, let labels, let classes)? = task.evaluate?.contents
    else {
      Issue.record("other kinds of data")
      return
    }
    #expect([tar.text, x.text, labels.text] == ["train.tar", "x.npy", "y.npy"])
    #expect(classes == .names(["hat", "shoe"]))
  }

  @Test func cropsAreRandomInTrainingOnly() throws {
    let recipe = try recipe(minimal + "transform: {train: [crop], evaluate: [crop]}\n")
    #expect(recipe.transforms.train == [.crop(size: nil, position: .random)])
    #expect(recipe.transforms.evaluate == [.crop(size: nil, position: .center)])
  }

  @Test func dataFromTheCommandLine() throws {
    guard case .folder(let folder) = try DataSource(spec: "digits/test").contents,
      case .tar(let tar) = try DataSource(spec: "digits.tar").contents,
      case .tensors(let x, _, let classes) = try DataSource(
        spec: "{format: tensors, x: x.npy, labels: y.npy, classes: 10}"
      ).contents
    else {
      Issue.record("other kinds of data")
      return
    }
    #expect([folder.resolved(), tar.resolved(), x.resolved()] == ["digits/test", "digits.tar", "x.npy"])
    #expect(classes == .count(10))
    do {
      _ = try DataSource(spec: "{format: tensor}")
      Issue.record("no error")
    } catch {
      #expect(
        String(describing: error) == """
          --data:1:10: 'data.format' must be one of folder, tar, tensors, csv, jsonl, webdataset, annotations, not the text 'tensor'
              1 | {format: tensor}
                |          ^ did you mean 'tensors'?
          """)
    }
  }
}
