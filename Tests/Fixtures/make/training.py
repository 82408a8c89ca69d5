"""Makes Tests/Fixtures/training: what PyTorch's optimisers do to a tiny ViT in 200 steps.

Run with PyTorch and safetensors: `python make/training.py training`. The model below is the ViT of `vit` with
timm's parameter names, written out with plain functions; all losses are smooth, so that rounding does not grow.
"""
import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

WIDTH, DEPTH, HEADS, MLP, PATCH, SIZE, CLASSES = 16, 2, 2, 32, 4, 8, 5
IMAGES, BATCH, STEPS = 24, 8, 200


def initial(generator):
    """Random weights; the head too, so that gradients flow from the first step."""
    def normal(*shape, scale):
        return torch.randn(*shape, generator=generator) * scale

    weights = {
        "cls_token": normal(1, 1, WIDTH, scale=0.2),
        "pos_embed": normal(1, (SIZE // PATCH) ** 2 + 1, WIDTH, scale=0.2),
        "patch_embed.proj.weight": normal(WIDTH, 3, PATCH, PATCH, scale=0.15),
        "patch_embed.proj.bias": normal(WIDTH, scale=0.1),
    }
    for block in range(DEPTH):
        name = f"blocks.{block}."
        for norm in ("norm1", "norm2"):
            weights[name + norm + ".weight"] = 1 + normal(WIDTH, scale=0.1)
            weights[name + norm + ".bias"] = normal(WIDTH, scale=0.1)
        for layer, rows, columns in (
            ("attn.qkv", 3 * WIDTH, WIDTH), ("attn.proj", WIDTH, WIDTH), ("mlp.fc1", MLP, WIDTH), ("mlp.fc2", WIDTH, MLP),
        ):
            weights[name + layer + ".weight"] = normal(rows, columns, scale=columns**-0.5)
            weights[name + layer + ".bias"] = normal(rows, scale=0.05)
    weights["norm.weight"] = 1 + normal(WIDTH, scale=0.1)
    weights["norm.bias"] = normal(WIDTH, scale=0.1)
    weights["head.weight"] = normal(CLASSES, WIDTH, scale=0.2)
    weights["head.bias"] = normal(CLASSES, scale=0.1)
    return weights


def logits(w, images):
    x = F.conv2d(images, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=PATCH)
    x = x.flatten(2).transpose(1, 2)
    x = torch.cat([w["cls_token"].expand(len(x), -1, -1), x], dim=1) + w["pos_embed"]
    for block in range(DEPTH):
        p = lambda name: (w[f"blocks.{block}.{name}.weight"], w[f"blocks.{block}.{name}.bias"])
        h = F.linear(F.layer_norm(x, (WIDTH,), *p("norm1"), eps=1e-6), *p("attn.qkv"))
        q, k, v = h.reshape(len(x), -1, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        a = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS), dim=-1) @ v
        x = x + F.linear(a.transpose(1, 2).reshape(x.shape), *p("attn.proj"))
        h = F.gelu(F.linear(F.layer_norm(x, (WIDTH,), *p("norm2"), eps=1e-6), *p("mlp.fc1")))
        x = x + F.linear(h, *p("mlp.fc2"))
    x = F.layer_norm(x[:, 0], (WIDTH,), w["norm.weight"], w["norm.bias"], eps=1e-6)
    return F.linear(x, w["head.weight"], w["head.bias"])


def depth(name):
    if name.startswith("blocks."):
        return int(name.split(".")[1]) + 1
    return 0 if name.startswith(("cls_token", "pos_embed", "patch_embed")) else DEPTH + 1


def decays(value):
    return sum(size > 1 for size in value.shape) > 1


def run(start, images, labels, order, mix, *, kind="sgd", rate=0.05, decay=0.0, clip=None, average=None,
        smoothing=0.0, mixup=False, layer_decay=None, nesterov=False):
    w = {name: value.clone().requires_grad_() for name, value in start.items()}
    groups = [
        {
            "params": [value],
            "lr": rate * (layer_decay or 1.0) ** (DEPTH + 1 - depth(name)),
            "weight_decay": decay if decays(value) else 0.0,
        }
        for name, value in w.items()
    ]
    if kind == "sgd":
        optimizer = torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=nesterov)
    else:
        optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.999), eps=1e-8)
    mean = None
    losses, averaged = [], []
    for step in range(STEPS):
        rows = torch.from_numpy(order[step])
        x, y = images[rows], labels[rows]
        if mixup:
            # One share for the batch; each image's partner is the one at the mirrored place.
            share, other = float(mix[step]), torch.flip(y, [0])
            z = logits(w, share * x + (1 - share) * torch.flip(x, [0]))
            loss = share * F.cross_entropy(z, y, label_smoothing=smoothing)
            loss = loss + (1 - share) * F.cross_entropy(z, other, label_smoothing=smoothing)
        else:
            loss = F.cross_entropy(logits(w, x), y, label_smoothing=smoothing)
        optimizer.zero_grad()
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(w.values(), clip)
        optimizer.step()
        losses.append(loss.item())
        if average is not None:
            with torch.no_grad():
                if mean is None:
                    mean = {name: value.detach().clone() for name, value in w.items()}
                else:
                    for name, value in w.items():
                        mean[name].lerp_(value.detach(), 1 - average)
                averaged.append(F.cross_entropy(logits(mean, images), labels).item())
    return np.array(losses, np.float32), np.array(averaged, np.float32)


def main(out):
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    generator = torch.Generator().manual_seed(7)
    numbers = np.random.default_rng(7)
    images = torch.randn(IMAGES, 3, SIZE, SIZE, generator=generator)
    labels = torch.from_numpy(numbers.integers(0, CLASSES, IMAGES))
    order = np.stack([numbers.permutation(IMAGES)[:BATCH] for _ in range(STEPS)]).astype(np.int64)
    mix = numbers.beta(0.4, 0.4, STEPS).astype(np.float32)
    start = initial(generator)
    variants = {
        "sgd": dict(rate=0.02),
        "nesterov": dict(rate=0.02, nesterov=True, decay=0.01),
        "adamw": dict(kind="adamw", rate=1e-3, decay=0.05),
        "clip": dict(rate=0.05, clip=0.3),
        "average": dict(rate=0.02, average=0.95),
        "mixup": dict(rate=0.02, mixup=True),
        "smoothing": dict(rate=0.02, smoothing=0.1),
        "mixup-smoothing": dict(kind="adamw", rate=1e-3, mixup=True, smoothing=0.1),
        "layer-decay": dict(kind="adamw", rate=2e-3, decay=0.05, layer_decay=0.75),
    }
    out.mkdir(parents=True, exist_ok=True)
    save_file(start, out / "initial.safetensors")
    np.save(out / "images.npy", images.numpy())
    np.save(out / "labels.npy", labels.numpy())
    np.save(out / "order.npy", order)
    np.save(out / "mix.npy", mix)
    for name, settings in variants.items():
        losses, averaged = run(start, images, labels, order, mix, **settings)
        np.save(out / f"losses-{name}.npy", losses)
        if len(averaged):
            np.save(out / f"averaged-{name}.npy", averaged)
        print(name, losses[[0, 50, 100, 199]], averaged[-1:] if len(averaged) else "")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
