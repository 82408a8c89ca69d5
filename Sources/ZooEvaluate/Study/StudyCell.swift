import ZooArchive
import ZooRecipe

/// One combination of a study's variants.
struct StudyCell {
  /// One of each axis, in their order.
  let variants: [StudyRecipe.Variant]

  var names: [String] { variants.map(\.name) }
  var upstream: [String] { variants.flatMap(\.upstream) }
  var downstream: [String] { variants.flatMap(\.downstream) }
  /// Of the last axis that says one.
  var search: StudyRecipe.Search? { variants.compactMap(\.search).last }

  /// All combinations; the last axis changes fastest.
  static func all(_ axes: [StudyRecipe.Axis]) -> [StudyCell] {
    axes.reduce([[]]) { cells, axis in cells.flatMap { cell in axis.variants.map { cell + [$0] } } }.map(StudyCell.init)
  }
}

/// What one combination reached.
public struct StudyResult: Sendable {
  public struct Cell: Sendable {
    public let shots: Int
    /// One for each subset, in order.
    public let accuracies: [Double]
    public var spread: Spread? { Spread(accuracies) }
  }

  /// The variants' names, by axis.
  public let names: [String]
  /// Of everything that it follows from: recipes with all settings, shots, subsets, search.
  public let key: String
  /// Weights of the model that was fine-tuned.
  public let parameters: Int
  /// Of a forward pass, measured on this machine.
  public let imagesPerSecond: Double
  /// Top-1 of the upstream model on its own data, where it was trained and measured.
  public let upstream: Double?
  public let cells: [Cell]
}

extension StudyResult {
  public var json: JSONValue {
    [
      "names": .array(names.map { .string($0) }), "key": .string(key), "parameters": .int(Int64(parameters)),
      "images_per_second": .double(imagesPerSecond), "upstream": upstream.map { .double($0) } ?? .null,
      "cells": .array(
        cells.map {
          ["shots": .int(Int64($0.shots)), "accuracies": .array($0.accuracies.map { .double($0) })]
        }),
    ]
  }

  /// nil for what is no such result: it is then measured again.
  init?(_ json: JSONValue) {
    guard let names = json["names"]?.array?.compactMap(\.string), let key = json["key"]?.string,
      let parameters = json["parameters"]?.int.flatMap(Int.init(exactly:)),
      let speed = json["images_per_second"]?.number
    else { return nil }
    (self.names, self.key, self.parameters, imagesPerSecond) = (names, key, parameters, speed)
    upstream = json["upstream"]?.number
    cells = (json["cells"]?.array ?? []).compactMap { cell in
      guard let shots = cell["shots"]?.int.flatMap(Int.init(exactly:)) else { return nil }
      return Cell(shots: shots, accuracies: (cell["accuracies"]?.array ?? []).compactMap(\.number))
    }
  }
}
