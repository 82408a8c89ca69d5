/// The heads of sorted runs, the least on top.
struct RunHeap<Key: Comparable> {
  private var items: [(key: Key, run: Int)] = []

  var least: (key: Key, run: Int)? { items.first }

  mutating func push(_ key: Key, run: Int) {
    items.append((key, run))
    var at = items.count - 1
    while at > 0, precedes(at, (at - 1) / 2) {
      items.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  /// Takes the least away.
  mutating func pop() {
    guard let last = items.popLast(), !items.isEmpty else { return }
    items[0] = last
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < items.count && precedes(child, least) { least = child }
      if least == at { return }
      items.swapAt(at, least)
      at = least
    }
  }

  /// Equal keys come by run, so that the order is always the same.
  private func precedes(_ a: Int, _ b: Int) -> Bool {
    items[a].key != items[b].key ? items[a].key < items[b].key : items[a].run < items[b].run
  }
}
