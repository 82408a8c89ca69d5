import ZooABI
import ZooGraph

/// Lays attributes out for a plugin; their texts and lists live until `body` returns.
func withAttributes<Result>(_ attributes: Attributes, _ body: (UnsafeBufferPointer<zoo_attr>) -> Result) -> Result {
  lay(attributes.items[...], after: [], body)
}

private func lay<Result>(
  _ items: ArraySlice<Attributes.Item>, after done: [zoo_attr], _ body: (UnsafeBufferPointer<zoo_attr>) -> Result
) -> Result {
  guard let item = items.first else { return done.withUnsafeBufferPointer(body) }
  return item.name.withText { name in
    var attribute = zoo_attr()
    attribute.name = name
    func next() -> Result { lay(items.dropFirst(), after: done + [attribute], body) }
    switch item.value {
    case .int(let number):
      (attribute.type, attribute.i) = (UInt32(ZOO_ATTR_I64), Int64(number))
      return next()
    case .float(let number):
      (attribute.type, attribute.f) = (UInt32(ZOO_ATTR_F64), number)
      return next()
    case .string(let text):
      return text.withText { text in
        (attribute.type, attribute.s) = (UInt32(ZOO_ATTR_STR), text)
        return next()
      }
    case .ints(let numbers):
      return numbers.map(Int64.init).withUnsafeBufferPointer { numbers in
        attribute.type = UInt32(ZOO_ATTR_I64S)
        (attribute.is, attribute.n_is) = (numbers.baseAddress, numbers.count)
        return next()
      }
    }
  }
}
