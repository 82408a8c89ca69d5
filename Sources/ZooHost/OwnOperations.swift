import ZooABI
import ZooGraph

/// The operations that a plugin brought, by name.
final class OwnOperations: Sendable {
  let kernels: [PluginKernel]
  init(_ kernels: [PluginKernel]) { self.kernels = kernels }

  func kernel(_ name: String) throws -> PluginKernel {
    if let found = kernels.first(where: { $0.name == name }) { return found }
    throw Refusal.unknownOwn(name, known: kernels.map(\.name))
  }
}

/// A plugin's own operation. Its functions are called from any thread.
final class PluginKernel: OwnKernel {
  let name: String
  let summary: String
  let file: String
  private let table: zoo_operation
  private let outputCount: Int

  init(_ table: zoo_operation, file: String) throws {
    (name, summary, outputCount) = (String(table.name), String(table.summary), Int(table.n_outputs))
    self.file = file
    var table = table
    (table.name, table.summary) = (zoo_str(), zoo_str())
    self.table = table
    guard Self.isLegal(name) else { throw Refusal.ownName(name) }
    guard table.flags == 0 else { throw Refusal.ownFlags(name) }
    guard (1...64).contains(outputCount) else { throw Refusal.ownOutputs(name, outputCount) }
  }

  /// `arcface/margin@1`
  private static func isLegal(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return false }
    let second = parts[1].split(separator: "@", omittingEmptySubsequences: false)
    return second.count == 2 && isName(String(parts[0]), letters: false, others: "-")
      && isName(String(second[0]), letters: false, others: "-") && second[1].utf8.count < 6
      && (Int(second[1]) ?? 0) > 0
  }

  var differentiable: Bool { table.backward != nil }

  private func call(_ call: String, _ body: (UnsafeMutablePointer<zoo_ctx>) -> zoo_status) -> String? {
    CallContext(CallSite(file: file, component: "operation '\(name)'", call: call)).call(body)
  }

  func shapes(_ inputs: [TensorType], _ attributes: Attributes) throws(GraphError) -> [[Int]] {
    let arrays = inputs.map { OwnArray(element: $0.element, shape: $0.shape, base: nil) }
    var dimensions = [Int64](repeating: 0, count: outputCount * Int(ZOO_MAX_RANK))
    var ranks = [Int](repeating: 0, count: outputCount)
    let failure = withAttributes(attributes) { attributes in
      withOwnArrays(arrays) { arrays in
        dimensions.withUnsafeMutableBufferPointer { dimensions in
          ranks.withUnsafeMutableBufferPointer { ranks -> String? in
            guard let dimensions = dimensions.baseAddress, let ranks = ranks.baseAddress else { return nil }
            return call("shape") {
              table.shape(
                $0, table.type, arrays.baseAddress, arrays.count, attributes.baseAddress, attributes.count,
                dimensions, ranks)
            }
          }
        }
      }
    }
    if let failure { throw .input(operation: name, failure) }
    return try ranks.enumerated().map { output, rank throws(GraphError) in
      guard (0...Int(ZOO_MAX_RANK)).contains(rank) else {
        throw .input(operation: name, "output \(output) has the rank \(rank)")
      }
      return dimensions[(output * Int(ZOO_MAX_RANK))...].prefix(rank).map(Int.init)
    }
  }

  func forward(_ inputs: [OwnArray], _ attributes: Attributes, into results: [OwnResult]) -> String? {
    withAttributes(attributes) { attributes in
      withOwnArrays(inputs) { arrays in
        withResults(results) { results in
          call("forward") {
            table.forward(
              $0, table.type, arrays.baseAddress, arrays.count, attributes.baseAddress, attributes.count, results,
              outputCount)
          }
        }
      }
    }
  }

  func backward(
    _ inputs: [OwnArray], _ attributes: Attributes, outputs: [OwnArray], outputGradients: [OwnArray],
    into results: [OwnResult]
  ) -> String? {
    guard let function = table.backward else { return HostError.hasNone }
    return withAttributes(attributes) { attributes in
      withOwnArrays(inputs) { arrays in
        withOwnArrays(outputs) { outputs in
          withOwnArrays(outputGradients) { gradients in
            withResults(results) { results in
              guard let outputs = outputs.baseAddress, let gradients = gradients.baseAddress else { return nil }
              return call("backward") {
                function(
                  $0, table.type, arrays.baseAddress, arrays.count, attributes.baseAddress, attributes.count,
                  outputs, gradients, outputCount, results)
              }
            }
          }
        }
      }
    }
  }
}

/// Lays arrays out as the ABI has them; they live until `body` returns.
private func withOwnArrays<Result>(_ arrays: [OwnArray], _ body: (UnsafeBufferPointer<zoo_array>) -> Result) -> Result {
  let dimensions = arrays.flatMap { $0.shape.map(Int64.init) }
  return dimensions.withUnsafeBufferPointer { dimensions in
    var start = 0
    let items = arrays.map { array in
      defer { start += array.shape.count }
      return zoo_array(
        name: zoo_str(), type: UInt32(array.element == .float32 ? ZOO_F32 : ZOO_I32), rank: UInt32(array.shape.count),
        dims: dimensions.baseAddress.map { $0 + start }, data: array.base,
        count: array.base == nil ? 0 : array.shape.reduce(1, *))
    }
    return items.withUnsafeBufferPointer(body)
  }
}

private func withResults(_ results: [OwnResult], _ body: (UnsafePointer<zoo_result>) -> String?) -> String? {
  let dimensions = results.flatMap { $0.shape.map(Int64.init) }
  return dimensions.withUnsafeBufferPointer { dimensions in
    var start = 0
    let items = results.map { result in
      defer { start += result.shape.count }
      return zoo_result(
        rank: UInt32(result.shape.count), reserved: 0, dims: dimensions.baseAddress.map { $0 + start },
        data: result.base, count: result.base == nil ? 0 : result.shape.reduce(1, *))
    }
    return items.withUnsafeBufferPointer { items in items.baseAddress.flatMap(body) }
  }
}
