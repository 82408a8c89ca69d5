import CZooKernels
import ZooGraph

extension Compiler {
  /// Queries, keys and values are read where they lie in [n, 3·d]; no matrix of n×n is kept. Where anything is narrow,
  /// a head at a time is moved into a room of float32.
  mutating func attention(_ op: Attention, _ node: Graph.Node) throws(EngineError) {
    let x = shape(node.inputs[0])
    let (batch, tokens, width) = (x[0], x[1], x[2] / 3)
    let (head, scale) = (width / op.heads, op.scale(width: width))
    let (pool, kernels) = (pool, kernels)
    let (qkv, y) = (elements(node.inputs[0]), elements(node.outputs[0]))
    let own = Int(kernels.attention_scratch(Int64(tokens), Int64(head)) + 15) & ~15
    let rows = HeadRows(tokens: tokens, head: head, width: width)
    let moved = isNarrow([node.inputs[0], node.outputs[0]])
    let narrow = head % 16 == 0 && isAllNarrow([node.inputs[0], node.outputs[0]]) ? kernels.attention_narrow : nil
    let scratch = own + (moved ? 4 * rows.floats : 0)
    let flops = 4 * batch * tokens * tokens * width
    try emitInPlace("attention", node, scratch: pool.threads * scratch * 4, flops: flops) { operands in
      let (qkv, y, sums) = (qkv(operands.inputs[0]), y(operands.outputs[0]), operands.output(1))
      let work = Floats(operands.scratch)
      return {
        pool.split(batch * op.heads) { range, thread in
          let mine = work + thread * scratch
          for item in range {
            let (image, index) = (item / op.heads, item % op.heads)
            let (from, at) = (image * tokens * 3 * width + index * head, image * tokens * width + index * head)
            if let narrow {
              let q = qkv.memory.halves + from
              narrow(
                q, q + width, q + 2 * width, Int64(3 * width), Int64(tokens), Int64(head), scale, y.memory.halves + at,
                Int64(width), sums + item * tokens, mine)
              continue
            }
            var (q, part, to, stride) = (mine + own, head, mine + own + 3 * rows.floats, head)
            if moved {
              rows.take(qkv, from, parts: 3, into: q)
            } else {
              (q, part, to, stride) = (Floats(qkv.memory) + from, width, Floats(y.memory) + at, width)
            }
            kernels.attention(
              q, q + part, q + 2 * part, Int64(3 * part), Int64(tokens), Int64(head), scale, to, Int64(stride),
              sums + item * tokens, mine)
            if moved { rows.give(to, parts: 1, to: y, at) }
          }
        }
        return true
      }
    }
  }

  mutating func attentionGradient(_ op: AttentionGradient, _ node: Graph.Node) throws(EngineError) {
    let (x, heads) = (shape(node.inputs[0]), op.attention.heads)
    let (batch, tokens, width) = (x[0], x[1], x[2] / 3)
    let (head, scale) = (width / heads, op.attention.scale(width: width))
    let (pool, kernels) = (pool, kernels)
    let (qkv, y) = (elements(node.inputs[0]), elements(node.inputs[1]))
    let (dy, dqkv) = (elements(node.inputs[3]), elements(node.outputs[0]))
    let own = Int(kernels.attention_gradient_scratch(Int64(tokens), Int64(head)) + 15) & ~15
    let rows = HeadRows(tokens: tokens, head: head, width: width)
    let floats = [node.inputs[0], node.inputs[1], node.inputs[3], node.outputs[0]]
    let moved = isNarrow(floats)
    let narrow = head % 16 == 0 && isAllNarrow(floats) ? kernels.attention_gradient_narrow : nil
    let scratch = own + (moved ? 8 * rows.floats : 0)
    let flops = 10 * batch * tokens * tokens * width
    try emitInPlace("attention-gradient", node, scratch: pool.threads * scratch * 4, flops: flops) { operands in
      let (qkv, y, sums) = (qkv(operands.inputs[0]), y(operands.inputs[1]), operands.input(2))
      let (dy, dqkv, work) = (dy(operands.inputs[3]), dqkv(operands.outputs[0]), Floats(operands.scratch))
      return {
        pool.split(batch * heads) { range, thread in
          let mine = work + thread * scratch
          for item in range {
            let (image, index) = (item / heads, item % heads)
            let (from, at) = (image * tokens * 3 * width + index * head, image * tokens * width + index * head)
            if let narrow {
              let (q, dq) = (qkv.memory.halves + from, dqkv.memory.halves + from)
              narrow(
                q, q + width, q + 2 * width, Int64(3 * width), y.memory.halves + at, dy.memory.halves + at,
                Int64(width), sums + item * tokens, Int64(tokens), Int64(head), scale, dq, dq + width, dq + 2 * width,
                mine)
              continue
            }
            var (q, dq, part) = (mine + own, mine + own + 3 * rows.floats, head)
            var (result, gradient, stride) = (dq + 3 * rows.floats, dq + 4 * rows.floats, head)
            if moved {
              rows.take(qkv, from, parts: 3, into: q)
              rows.take(y, at, parts: 1, into: result)
              rows.take(dy, at, parts: 1, into: gradient)
            } else {
              (q, dq, part) = (Floats(qkv.memory) + from, Floats(dqkv.memory) + from, width)
              (result, gradient, stride) = (Floats(y.memory) + at, Floats(dy.memory) + at, width)
            }
            kernels.attention_gradient(
              q, q + part, q + 2 * part, Int64(3 * part), result, gradient, Int64(stride), sums + item * tokens,
              Int64(tokens), Int64(head), scale, dq, dq + part, dq + 2 * part, mine)
            if moved { rows.give(dq, parts: 3, to: dqkv, from) }
          }
        }
        return true
      }
    }
  }
}

/// One head's rows in a matrix of all heads, where each of a token's parts is `width` wide, and the same rows together
/// in a room [tokens, parts·head] of float32.
private struct HeadRows {
  let tokens: Int, head: Int, width: Int
  var floats: Int { tokens * head }

  func take(_ all: Elements, _ start: Int, parts: Int, into room: Floats) {
    for row in 0..<(tokens * parts) {
      let at = start + row * width
      let place = all.read(at, head, room: room + row * head)
      if !all.isNarrow { (room + row * head).update(from: place, count: head) }
    }
  }

  func give(_ room: Floats, parts: Int, to all: Elements, _ start: Int) {
    for row in 0..<(tokens * parts) {
      let at = start + row * width
      if all.isNarrow {
        all.put(at, head, room: room + row * head)
      } else {
        (Floats(all.memory) + at).update(from: room + row * head, count: head)
      }
    }
  }
}
