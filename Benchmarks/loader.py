#!/usr/bin/env python3
"""Loading alone: zoo's loader with 2 threads beside torchvision with Pillow and 2 workers, on the same images.

Both decode every pixel, take a random resized crop to 224 pixels (bilinear, antialiased), flip, normalise to float32
and put 64 images in a batch. They run by turns, so that a busy machine slows both; what is compared is each one's best.

    python3 Benchmarks/loader.py --zoo .build/release/zoo --data FOLDER_OF_CLASS_FOLDERS

Needs torch, torchvision and Pillow.
"""
import argparse
import json
import subprocess
import time

import torch
import torchvision
from torchvision import transforms

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--zoo", default=".build/release/zoo")
parser.add_argument("--data", required=True)
parser.add_argument("--images", type=int, default=1024)
parser.add_argument("--rounds", type=int, default=5)
arguments = parser.parse_args()
batch = 64
count = arguments.images // batch * batch

torch.set_num_threads(1)
steps = [
    transforms.RandomResizedCrop(224, interpolation=transforms.InterpolationMode.BILINEAR, antialias=True),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize([0.5] * 3, [0.5] * 3),
]
folder = torchvision.datasets.ImageFolder(arguments.data, transforms.Compose(steps))
order = torch.randperm(len(folder), generator=torch.Generator().manual_seed(0))[:count].tolist()
loader = torch.utils.data.DataLoader(
    torch.utils.data.Subset(folder, order), batch_size=batch, num_workers=2, persistent_workers=True)


def peer():
    start = time.perf_counter()
    seen = sum(len(images) for images, _ in loader)
    return seen, time.perf_counter() - start


def zoo():
    command = [arguments.zoo, "data", "speed", arguments.data, "--size", "224", "--threads", "2", "--batch", str(batch),
               "--images", str(count), "--json"]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return result["images"], result["seconds"]


peer()  # starts the workers
zoo()
best = {"zoo": float("inf"), "torchvision": float("inf")}
for turn in range(arguments.rounds):
    for name, run in (("zoo", zoo), ("torchvision", peer)):
        seen, seconds = run()
        assert seen == count, (name, seen, count)
        best[name] = min(best[name], seconds)
        print(f"round {turn + 1}  {name:12s} {seen / seconds:7.0f} images/s")
print(f"torchvision / zoo: {best['torchvision'] / best['zoo']:.2f} (best of {arguments.rounds} each, {count} images)")
