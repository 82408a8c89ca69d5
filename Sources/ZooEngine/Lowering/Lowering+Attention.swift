import CZooKernels
import ZooGraph

extension Compiler {
  /// Queries, keys and values are read where they lie in [n, 3·d]; no matrix of n×n is kept.
  mutating func attention(_ op: Attention, _ node: Graph.Node) throws(EngineError) {
    let x = shape(node.inputs[0])
    let (batch, tokens, width) = (x[0], x[1], x[2] / 3)
    let (head, scale) = (width / op.heads, op.scale(width: width))
    let (pool, kernels) = (pool, kernels)
    let scratch = Int(kernels.attention_scratch(Int64(tokens), Int64(head)) + 15) & ~15
    let flops = 4 * batch * tokens * tokens * width
    try emit("attention", node, scratch: pool.threads * scratch * 4, flops: flops) { operands in
      let (qkv, y, sums) = (operands.input(0), operands.output(0), operands.output(1))
      let work = Floats(operands.scratch)
      return {
        pool.split(batch * op.heads) { range, thread in
          for item in range {
            let (image, index) = (item / op.heads, item % op.heads)
            let q = qkv + image * tokens * 3 * width + index * head
            kernels.attention(
              q, q + width, q + 2 * width, Int64(3 * width), Int64(tokens), Int64(head), scale,
              y + image * tokens * width + index * head, Int64(width), sums + item * tokens, work + thread * scratch)
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
    let scratch = Int(kernels.attention_gradient_scratch(Int64(tokens), Int64(head)) + 15) & ~15
    let flops = 10 * batch * tokens * tokens * width
    try emit("attention-gradient", node, scratch: pool.threads * scratch * 4, flops: flops) { operands in
      let (qkv, y, sums, dy) = (operands.input(0), operands.input(1), operands.input(2), operands.input(3))
      let (dqkv, work) = (operands.output(0), Floats(operands.scratch))
      return {
        pool.split(batch * heads) { range, thread in
          for item in range {
            let (image, index) = (item / heads, item % heads)
            let (from, at) = (image * tokens * 3 * width + index * head, image * tokens * width + index * head)
            let (q, dq) = (qkv + from, dqkv + from)
            kernels.attention_gradient(
              q, q + width, q + 2 * width, Int64(3 * width), y + at, dy + at, Int64(width), sums + item * tokens,
              Int64(tokens), Int64(head), scale, dq, dq + width, dq + 2 * width, work + thread * scratch)
          }
        }
        return true
      }
    }
  }
}
