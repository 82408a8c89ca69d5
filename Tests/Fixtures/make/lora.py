"""Makes the low-rank part of Tests/Fixtures/training: what PEFT and PyTorch make of the tiny ViT of training.py.

Run with PyTorch, PEFT and safetensors after training.py: `python make/lora.py training`. The trunk's attention and MLP
have low-rank updates, the head learns whole, everything else is frozen.
"""
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file

from training import BATCH, DEPTH, HEADS, MLP, PATCH, WIDTH

RANK, ALPHA, STEPS = 3, 6, 60
LAYERS = ("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2")


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = (torch.nn.LayerNorm(WIDTH, eps=1e-6) for _ in range(2))
        self.attn = torch.nn.ModuleDict({"qkv": torch.nn.Linear(WIDTH, 3 * WIDTH), "proj": torch.nn.Linear(WIDTH, WIDTH)})
        self.mlp = torch.nn.ModuleDict({"fc1": torch.nn.Linear(WIDTH, MLP), "fc2": torch.nn.Linear(MLP, WIDTH)})

    def forward(self, x):
        h = self.attn["qkv"](self.norm1(x)).reshape(len(x), -1, 3, HEADS, WIDTH // HEADS)
        q, k, v = h.permute(2, 0, 3, 1, 4)
        a = torch.softmax(q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5, dim=-1) @ v
        x = x + self.attn["proj"](a.transpose(1, 2).reshape(x.shape))
        return x + self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x))))


class ViT(torch.nn.Module):
    def __init__(self, classes, tokens):
        super().__init__()
        self.cls_token = torch.nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.pos_embed = torch.nn.Parameter(torch.zeros(1, tokens, WIDTH))
        self.patch_embed = torch.nn.ModuleDict({"proj": torch.nn.Conv2d(3, WIDTH, PATCH, PATCH)})
        self.blocks = torch.nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = torch.nn.LayerNorm(WIDTH, eps=1e-6)
        self.head = torch.nn.Linear(WIDTH, classes)

    def forward(self, images):
        x = self.patch_embed["proj"](images).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x[:, 0]))


def main(out):
    torch.set_num_threads(1)
    start = load_file(out / "initial.safetensors")
    images, labels = (torch.from_numpy(np.load(out / f"{name}.npy")) for name in ("images", "labels"))
    order = np.load(out / "order.npy")
    model = ViT(start["head.bias"].shape[0], start["pos_embed"].shape[1])
    model.load_state_dict(start)
    settings = LoraConfig(
        r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, bias="none", target_modules=[layer.split(".")[1] for layer in LAYERS],
        exclude_modules=r"patch_embed\..*", modules_to_save=["head"])
    torch.manual_seed(11)
    model = get_peft_model(model, settings)
    first = {
        name.removeprefix("base_model.model.").replace(".lora_A.default.weight", ".weight.lora-a"): value.detach().clone()
        for name, value in model.named_parameters() if ".lora_A." in name
    }
    assert len(first) == DEPTH * len(LAYERS), sorted(first)
    learning = [value for value in model.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=5e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0)
    losses = []
    for step in range(STEPS):
        rows = torch.from_numpy(order[step])
        loss = F.cross_entropy(model(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    merged = model.merge_and_unload().state_dict()
    save_file(first, out / "lora-a.safetensors")
    save_file({name: value.contiguous() for name, value in merged.items()}, out / "lora-merged.safetensors")
    np.save(out / "losses-lora.npy", np.array(losses, np.float32))
    print(losses[::10], losses[-1], BATCH)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
