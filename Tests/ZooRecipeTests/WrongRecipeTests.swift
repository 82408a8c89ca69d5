import Testing
import ZooRecipe

/// A mistake in a recipe of few lines, and all that is said about it.
struct Mistake: Sendable, CustomTestStringConvertible {
  let name: String
  let yaml: String
  let says: String
  init(_ name: String, _ yaml: String, _ says: String) {
    self.name = name
    self.yaml = yaml
    self.says = says
  }
  var testDescription: String { name }
}

private let head = "model: vit-b16\ntasks:\n  label: {train: {format: folder, path: images}}\n"

private let typeMistakes = [
  Mistake(
    "unknown key", head + "train:\n  steps: 5\n  optimizer:\n    momentun: 0.9\n",
    """
    recipe.yaml:7:5: unknown key 'momentun'
        7 |     momentun: 0.9
          |     ^ did you mean 'momentum'? known here: kind, rate, momentum, nesterov, beta1, beta2, \
    epsilon, weight-decay, decoupled
    """),
  Mistake(
    "unknown key at the top", "modle: x\n",
    """
    recipe.yaml:1:1: unknown key 'modle'
        1 | modle: x
          | ^ did you mean 'model'? known here: extends, model, name, input, transform, heads, tasks, train, \
    engine, precision, threads
    """),
  Mistake(
    "wrong type", head + "train:\n  steps: 5\n  batch: big\n",
    """
    recipe.yaml:6:10: 'train.batch' must be a whole number from 1 to 1048576, not the text 'big'
        6 |   batch: big
          |          ^
    """),
  Mistake(
    "yes is text", head + "train:\n  steps: 5\n  shuffle: yes\n",
    """
    recipe.yaml:6:12: 'train.shuffle' must be true or false, not the text 'yes'
        6 |   shuffle: yes
          |            ^
    """),
  Mistake(
    "number for text", head.replacing("images", with: "2024") + "train: {steps: 5}\n",
    """
    recipe.yaml:3:41: 'tasks.label.train.path' must be text, not the number 2024
        3 |   label: {train: {format: folder, path: 2024}}
          |                                         ^ quote it to make it text: '2024'
    """),
  Mistake(
    "out of range", head + "train:\n  steps: 5\n  optimizer: {momentum: 1.0}\n",
    """
    recipe.yaml:6:25: 'train.optimizer.momentum' must be a number from 0.0 to below 1.0, not the number 1.0
        6 |   optimizer: {momentum: 1.0}
          |                         ^
    """),
  Mistake(
    "not finite", head + "train:\n  steps: 5\n  clip-norm: 1e999\n",
    """
    recipe.yaml:6:14: 'train.clip-norm' must be a number above 0.0, not the number 1e999
        6 |   clip-norm: 1e999
          |              ^
    """),
  Mistake(
    "integer too large", head + "train:\n  steps: 99999999999999999999\n",
    """
    recipe.yaml:5:10: 'train.steps' must be a whole number from 1 to 1000000000, \
    not the number 99999999999999999999
        5 |   steps: 99999999999999999999
          |          ^
    """),
  Mistake(
    "micro-batch above the batch", head + "train:\n  steps: 5\n  batch: 8\n  micro-batch: 9\n",
    """
    recipe.yaml:7:16: 'train.micro-batch' must be a whole number from 1 to 8, not the number 9
        7 |   micro-batch: 9
          |                ^
    """),
  Mistake(
    "bad choice", head + "train: {steps: 5}\nengine: onednm\n",
    """
    recipe.yaml:5:9: 'engine' must be one of auto, onednn, openblas, not the text 'onednm'
        5 | engine: onednm
          |         ^ did you mean 'onednn'?
    """),
  Mistake(
    "list for a mapping", head + "train: [steps]\n",
    """
    recipe.yaml:4:8: 'train' must be a mapping, not a list
        4 | train: [steps]
          |        ^
    """),
  Mistake(
    "a head without anything", head + "heads:\n  label:\ntrain: {steps: 5}\n",
    """
    recipe.yaml:5:9: 'heads.label' must be a mapping, not empty
        5 |   label:
          |         ^
    """),
  Mistake(
    "label that is a number", head + "heads: {label: {labels: [a, 1]}}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:4:29: 'heads.label.labels[1]' must be text, not the number 1
        4 | heads: {label: {labels: [a, 1]}}
          |                             ^ quote it to make it text: '1'
    """),
  Mistake(
    "repeated label", head + "heads: {label: {labels: [a, b, a]}}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:4:32: 'heads.label.labels[2]': 'a' is there already
        4 | heads: {label: {labels: [a, b, a]}}
          |                                ^
    """),
  Mistake(
    "head name for a path", head + "heads: {../x: {}}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:4:9: 'heads': '../x' is no name
        4 | heads: {../x: {}}
          |         ^ a name has up to 64 letters, digits, '_' and '-'
    """),
]

private let schemaMistakes = [
  Mistake(
    "missing model", "name: x\n",
    """
    recipe.yaml:1:1: 'model' is missing
        1 | name: x
          | ^ add it, for example 'model: vit-b16'
    """),
  Mistake(
    "empty model", head.replacing("vit-b16", with: "~") + "train: {steps: 5}\n",
    """
    recipe.yaml:1:1: 'model' is missing
        1 | model: ~
          | ^ add it, for example 'model: vit-b16'
    """),
  Mistake(
    "missing training data", "model: x\ntasks:\n  label:\n    weight: 2\ntrain: {steps: 5}\n",
    """
    recipe.yaml:4:5: 'tasks.label.train' is missing
        4 |     weight: 2
          |     ^ add it, for example 'train: {format: folder, path: images/train}'
    """),
  Mistake(
    "no task", "model: x\ntasks: {}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:2:8: 'tasks' must name at least one task
        2 | tasks: {}
          |        ^ for example 'tasks: {label: {train: …}}'
    """),
  Mistake(
    "steps and epochs", head + "train:\n  steps: 5\n  epochs: 2\n",
    """
    recipe.yaml:6:3: 'epochs' and 'steps' exclude each other
        6 |   epochs: 2
          |   ^ 'steps' is at recipe.yaml:5:3; drop one (an inherited one with 'steps: null')
    """),
  Mistake(
    "neither steps nor epochs", head + "train:\n  batch: 5\n",
    """
    recipe.yaml:5:3: 'train' needs 'steps' or 'epochs'
        5 |   batch: 5
          |   ^
    """),
  Mistake(
    "milestones of a cosine", head + "train: {steps: 5, schedule: {kind: cosine, milestones: [2]}}\n",
    """
    recipe.yaml:4:44: 'milestones' belongs to 'kind: step', but here it is 'cosine'
        4 | train: {steps: 5, schedule: {kind: cosine, milestones: [2]}}
          |                                            ^
    """),
  Mistake(
    "milestones that fall", head + "train: {steps: 5, schedule: {kind: step, milestones: [3, 2]}}\n",
    """
    recipe.yaml:4:58: 'train.schedule.milestones[1]' must rise from one to the next
        4 | train: {steps: 5, schedule: {kind: step, milestones: [3, 2]}}
          |                                                          ^
    """),
  Mistake(
    "nesterov without momentum", head + "train: {steps: 5, optimizer: {momentum: 0, nesterov: true}}\n",
    """
    recipe.yaml:4:54: 'train.optimizer.nesterov' needs a momentum above 0
        4 | train: {steps: 5, optimizer: {momentum: 0, nesterov: true}}
          |                                                      ^
    """),
  Mistake(
    "size and height", head + "input: {size: 8, height: 9}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:4:9: 'size' and 'height' exclude each other
        4 | input: {size: 8, height: 9}
          |         ^ 'height' is at recipe.yaml:4:18; drop one (an inherited one with 'height: null')
    """),
  Mistake(
    "height alone", head + "input: {height: 9}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:4:8: 'input.width' is missing
        4 | input: {height: 9}
          |        ^ add it, for example 'width: 9'
    """),
  Mistake(
    "unknown transform", head + "transform: {train: [resise]}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:4:21: unknown transform 'resise'
        4 | transform: {train: [resise]}
          |                     ^ did you mean 'resize'? there are: resize, crop, flip, random-resized-crop, color-jitter, rand-augment, random-erasing
    """),
  Mistake(
    "two transforms in one", head + "transform:\n  train:\n    - flip: {}\n      crop: {}\n",
    """
    recipe.yaml:6:7: 'transform.train[0]' must hold exactly one transform
        6 |     - flip: {}
          |       ^ begin each with its own '- '
    """),
  Mistake(
    "tensors in a folder", head.replacing("path: images", with: "x: x.npy") + "train: {steps: 5}\n",
    """
    recipe.yaml:3:35: 'x' belongs to 'format: tensors', but here it is 'folder'
        3 |   label: {train: {format: folder, x: x.npy}}
          |                                   ^
    """),
  Mistake(
    "head nobody registered",
    head.replacing("vit-b16", with: "{architecture: vit}") + "heads: {labels: {}}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:3:3: no head 'label' is registered under 'heads'
        3 |   label: {train: {format: folder, path: images}}
          |   ^ did you mean 'labels'? registered: labels
    """),
  Mistake(
    "nothing to keep",
    head.replacing("vit-b16", with: "{architecture: vit}")
      + "heads: {label: {weights: keep}}\ntrain: {steps: 5}\n",
    """
    recipe.yaml:4:26: head 'label' cannot keep its weights: the model starts from random ones
        4 | heads: {label: {weights: keep}}
          |                          ^ write 'weights: new'
    """),
]

@Suite("A wrong recipe is explained at its place")
struct WrongRecipeTests {
  @Test(arguments: typeMistakes) func values(_ mistake: Mistake) throws {
    #expect(failure(mistake.yaml) == mistake.says)
  }

  @Test(arguments: schemaMistakes) func schema(_ mistake: Mistake) throws {
    #expect(failure(mistake.yaml) == mistake.says)
  }

  @Test func missingFile() throws {
    #expect(try Scratch().failure("none.yaml") == "none.yaml: cannot read it: no such file")
    let scratch = try Scratch()
    try scratch.write("folder/x", "")
    #expect(scratch.failure("folder") == "folder: cannot read it: it is a folder")
  }
}
