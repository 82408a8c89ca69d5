"""Logits of the tiny fixtures as the official code computes them: GELU with tanh, weight standardisation with 1e-10.

Written from the formulas alone, in double precision, over the arrays of official.npz, of which some are scaled so that
these numerics can be told from timm's; writes official-logits.npy.
Run once, with numpy: python3 make/official_forward.py (in Tests/Fixtures).
"""
import math

import numpy as np

SCALES = {"/MlpBlock_3/Dense_0/kernel": 16, "/standardized_conv2d/kernel": 1e-3}
TIMM = False


def layer_norm(x, w, name):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(x.var(-1, keepdims=True) + 1e-6) * w[name + "/scale"] + w[name + "/bias"]


def gelu(x):
    if TIMM:
        return 0.5 * x * (1 + np.vectorize(math.erf)(x / np.sqrt(2)))
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def conv(x, kernel, stride, pad):
    """x [n, h, w, c], kernel [kh, kw, c, o]."""
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    kh, kw = kernel.shape[:2]
    rows, columns = (x.shape[1] - kh) // stride + 1, (x.shape[2] - kw) // stride + 1
    out = np.zeros((x.shape[0], rows, columns, kernel.shape[3]))
    for i in range(kh):
        for j in range(kw):
            part = x[:, i : i + rows * stride : stride, j : j + columns * stride : stride]
            out += part[:, :rows, :columns] @ kernel[i, j]
    return out


def vit(w, x):
    patch = w["embedding/kernel"].shape[0]
    x = conv(x, w["embedding/kernel"], patch, 0) + w["embedding/bias"]
    x = x.reshape(x.shape[0], -1, x.shape[-1])
    x = np.concatenate([np.broadcast_to(w["cls"], (len(x), 1, x.shape[-1])), x], 1)
    x = x + w["Transformer/posembed_input/pos_embedding"]
    for block in range(2):
        name = f"Transformer/encoderblock_{block}/"
        h, a = layer_norm(x, w, name + "LayerNorm_0"), name + "MultiHeadDotProductAttention_1/"
        q, k, v = (
            np.einsum("ntd,dhe->nhte", h, w[f"{a}{part}/kernel"]) + w[f"{a}{part}/bias"][:, None]
            for part in ("query", "key", "value")
        )
        mix = softmax(np.einsum("nhte,nhse->nhts", q, k) / np.sqrt(q.shape[-1]))
        x = x + np.einsum("nhts,nhse,hed->ntd", mix, v, w[a + "out/kernel"]) + w[a + "out/bias"]
        h, m = layer_norm(x, w, name + "LayerNorm_2"), name + "MlpBlock_3/"
        h = gelu(h @ w[m + "Dense_0/kernel"] + w[m + "Dense_0/bias"])
        x = x + h @ w[m + "Dense_1/kernel"] + w[m + "Dense_1/bias"]
    return layer_norm(x, w, "Transformer/encoder_norm")[:, 0] @ w["head/kernel"] + w["head/bias"]


def standardised(kernel):
    mean = kernel.mean((0, 1, 2), keepdims=True)
    return (kernel - mean) / np.sqrt(kernel.var((0, 1, 2), keepdims=True) + (1e-8 if TIMM else 1e-10))


def norm_relu(x, w, name):
    n, rows, columns, channels = x.shape
    g = x.reshape(n, rows * columns, 32, channels // 32)
    g = (g - g.mean((1, 3), keepdims=True)) / np.sqrt(g.var((1, 3), keepdims=True) + 1e-5)
    return np.maximum(g.reshape(x.shape) * w[name + "/gamma"] + w[name + "/beta"], 0)


def bit(w, x):
    kernel = lambda name: standardised(w[f"{name}/standardized_conv2d/kernel"])
    x = np.pad(conv(x, kernel("resnet/root_block"), 2, 3), ((0, 0), (1, 1), (1, 1), (0, 0)))
    size = (x.shape[1] - 3) // 2 + 1
    taps = [(i, j) for i in range(3) for j in range(3)]
    x = np.max([x[:, i : i + 2 * size : 2, j : j + 2 * size : 2][:, :size, :size] for i, j in taps], 0)
    for block, units in enumerate([1, 2, 1, 1], 1):
        for unit in range(1, units + 1):
            name, stride = f"resnet/block{block}/unit{unit:02}", 2 if block > 1 and unit == 1 else 1
            a = norm_relu(x, w, name + "/a/group_norm")
            project = f"{name}/a/proj/standardized_conv2d/kernel" in w
            shortcut = conv(a, kernel(name + "/a/proj"), stride, 0) if project else x
            h = norm_relu(conv(a, kernel(name + "/a"), 1, 0), w, name + "/b/group_norm")
            h = norm_relu(conv(h, kernel(name + "/b"), stride, 1), w, name + "/c/group_norm")
            x = conv(h, kernel(name + "/c"), 1, 0) + shortcut
    x = norm_relu(x, w, "resnet/group_norm").mean((1, 2))
    return x @ w["resnet/head/conv2d/kernel"][0, 0] + w["resnet/head/conv2d/bias"]


for folder, forward in ("vit-tiny", vit), ("bit-tiny", bit):
    weights = {name: array.astype(np.float64) for name, array in np.load(folder + "/official.npz").items()}
    images = np.load(folder + "/input.npy").astype(np.float64).transpose(0, 2, 3, 1)
    distance = lambda a, b: np.abs(a - b).max() / np.abs(b).max()
    TIMM = True
    off = distance(forward(weights, images), np.load(folder + "/logits.npy"))
    print(folder, "with timm's numerics is off timm by", off)
    for name in weights:
        for end, scale in SCALES.items():
            if name.endswith(end):
                weights[name] = (weights[name].astype(np.float32) * np.float32(scale)).astype(np.float64)
    timm, TIMM = forward(weights, images), False
    logits = forward(weights, images).astype(np.float32)
    print(folder, "with official numerics is off timm's by", distance(logits, timm))
    np.save(folder + "/official-logits.npy", logits)
