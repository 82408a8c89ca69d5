#!/usr/bin/env python3
"""A head on a frozen trunk for some epochs: zoo, which runs the trunk once for each image, beside PyTorch, which runs it in
every step.

Both decode and resize the same images to 224 pixels without random augmentation and train a linear head by SGD in batches of
32 on all cores, in f32 or bf16 (--precision). zoo's time is that of the whole command, from its start to the written archive.
PyTorch's is that of `--peer-images` images in proportion to all, times the epochs: it does the same for each image of each
epoch. Its clock starts behind the first batch, when workers and kernels are warm, so that what it needs to start is left out:
that is in its favour, and less than 1 % of the whole. `--compile` runs its trunk through torch.compile with frozen weights,
without the time of compiling. They run by turns, so that a busy machine slows both; what is compared is each one's best.

    python3 Benchmarks/frozen.py --zoo .build/release/zoo --data FOLDER_OF_CLASS_FOLDERS [--model vit-b16] [--precision f32]

Needs torch, torchvision, timm and Pillow. The weights are random: speed alone is measured.
"""
import argparse
import itertools
import os
import shutil
import subprocess
import tempfile
import time

import timm
import torch
import torchvision
from torchvision import transforms

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--zoo", default=".build/release/zoo")
parser.add_argument("--data", required=True)
parser.add_argument("--model", choices=["bit-r50x1", "vit-b16"], default="bit-r50x1")
parser.add_argument("--images", type=int, default=3000)
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--peer-images", type=int, default=640)
parser.add_argument("--rounds", type=int, default=2)
parser.add_argument("--precision", choices=["f32", "bf16"], default="bf16")
parser.add_argument("--compile", action="store_true", help="PyTorch's trunk through torch.compile")
arguments = parser.parse_args()
batch, threads = 32, len(os.sched_getaffinity(0))

steps = [
    transforms.Resize((224, 224), antialias=True), transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3),
]
folder = torchvision.datasets.ImageFolder(arguments.data, transforms.Compose(steps))
order = torch.randperm(len(folder), generator=torch.Generator().manual_seed(0)).tolist()
# A set that is too small is gone through again.
chosen = list(itertools.islice(itertools.cycle(order), arguments.images))
# One batch more than is timed.
part = chosen[: (arguments.peer_images // batch + 1) * batch]

work = tempfile.mkdtemp(prefix="frozen-")
images = os.path.join(work, "images")
for number, index in enumerate(chosen):
    path, label = folder.samples[index]
    target = os.path.join(images, folder.classes[label])
    os.makedirs(target, exist_ok=True)
    os.link(path, os.path.join(target, f"{number}{os.path.splitext(path)[1]}")) if os.stat(path).st_dev == os.stat(
        work).st_dev else shutil.copyfile(path, os.path.join(target, f"{number}{os.path.splitext(path)[1]}"))

archive, recipe = os.path.join(work, "model.tar"), os.path.join(work, "recipe.yaml")
subprocess.run([arguments.zoo, "create", "--architecture", arguments.model, "--no-golden", "-o", archive], check=True,
               stdout=subprocess.DEVNULL)
with open(recipe, "w") as file:
    file.write(f"""model: {archive}
input: {{size: 224}}
transform: {{train: [{{resize: {{}}}}]}}
heads: {{label: {{plugin: linear, weights: new}}}}
tasks: {{label: {{train: {{format: folder, path: {images}}}}}}}
train:
  epochs: {arguments.epochs}
  batch: {batch}
  optimizer: {{rate: 0.01, momentum: 0.9}}
  groups: [{{match: backbone, freeze: true}}]
  cache-features: on
""")


def zoo():
    start = time.perf_counter()
    subprocess.run([arguments.zoo, "finetune", recipe, "--overwrite", "--output", os.path.join(work, "run"), "--threads",
                    str(threads), "--precision", arguments.precision], check=True, capture_output=True)
    return time.perf_counter() - start


torch.set_num_threads(threads)
name = {"bit-r50x1": "resnetv2_50x1_bit", "vit-b16": "vit_base_patch16_224"}[arguments.model]
trunk = timm.create_model(name, pretrained=False, num_classes=0).eval()
if arguments.model.startswith("bit"):
    trunk = trunk.to(memory_format=torch.channels_last)
for module in trunk.modules() if arguments.precision == "bf16" else ():
    # Otherwise autocast narrows these in every step. (Standardised convolutions are computed from f32 weights.)
    if type(module) in (torch.nn.Linear, torch.nn.Conv2d):
        module.bfloat16()
if arguments.compile:
    import torch._inductor.config
    torch._inductor.config.freezing = True
    trunk = torch.compile(trunk)
    width = trunk._orig_mod.num_features
else:
    width = trunk.num_features
autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=arguments.precision == "bf16")
head = torch.nn.Linear(width, len(folder.classes))
optimizer = torch.optim.SGD(head.parameters(), lr=0.01, momentum=0.9)
loader = torch.utils.data.DataLoader(
    torch.utils.data.Subset(folder, part), batch_size=batch, num_workers=2, persistent_workers=True)


def peer():
    start, seen = None, 0
    for x, y in loader:
        if arguments.model.startswith("bit"):
            x = x.contiguous(memory_format=torch.channels_last)
        with torch.no_grad(), autocast:
            features = trunk(x)
        loss = torch.nn.functional.cross_entropy(head(features.float()), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if start is None:
            start = time.perf_counter()
        else:
            seen += len(y)
    return (time.perf_counter() - start) / seen * arguments.images * arguments.epochs


best = {"zoo": float("inf"), "PyTorch": float("inf")}
for turn in range(arguments.rounds):
    for name, run in (("PyTorch", peer), ("zoo", zoo)):
        seconds = run()
        best[name] = min(best[name], seconds)
        print(f"round {turn + 1}  {name:8s} {seconds:8.1f} s for {arguments.epochs} epochs of {arguments.images} images",
              flush=True)
shutil.rmtree(work)
print(f"PyTorch / zoo: {best['PyTorch'] / best['zoo']:.1f} ({arguments.model}, best of {arguments.rounds} each)")
