#!/usr/bin/env python3
"""Memory of a training step: zoo beside PyTorch, each in a process of its own, as the kernel counts it (VmHWM).

What both must have is counted exactly and taken off: weights, gradients and SGD's momentum in float32. The rest is what a
step takes: activations, scratch, packed or narrowed weights, and the libraries themselves. PyTorch runs as a careful user
runs it: channels_last for convolutions, autocast for bf16, gradients set to None between steps. Ratios are zoo / PyTorch:
of the rest, and with checkpointing (--recompute blocks, here without it in PyTorch) of the whole.

    python3 Benchmarks/memory.py --zoo .build/release/zoo [--models vit-b16,bit-r50x1] [--batch 8] [--json out.json]

Needs torch and timm for the Python that runs this.
"""
import argparse
import json
import subprocess
import sys

TIMM = {"vit-b16": "vit_base_patch16_224", "bit-r50x1": "resnetv2_50x1_bit", "vit-l16": "vit_large_patch16_224",
        "bit-r101x1": "resnetv2_101x1_bit"}


def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))


def torch_step(name, batch, precision, threads, checkpointing):
    import timm
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    libraries = peak()
    model = timm.create_model(TIMM[name], num_classes=1000).train()
    if name.startswith("bit"):
        model = model.to(memory_format=torch.channels_last)
    if checkpointing:
        model.set_grad_checkpointing(True)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6, momentum=0.9)
    images = torch.randn(batch, 3, 224, 224)
    if name.startswith("bit"):
        images = images.to(memory_format=torch.channels_last)
    labels = torch.arange(batch) % 1000
    for _ in range(2):
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        del loss
    state = 3 * 4 * sum(p.numel() for p in model.parameters())
    print(json.dumps({"peak": peak(), "state": state, "libraries": libraries}))


def child(arguments):
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zoo", default=".build/release/zoo")
    parser.add_argument("--models", default="vit-b16,bit-r50x1", help="of " + ", ".join(TIMM) + ", or NAME=ARCHIVE")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precisions", default="f32,bf16")
    parser.add_argument("--json")
    parser.add_argument("--peer", nargs=5, metavar=("MODEL", "BATCH", "PRECISION", "THREADS", "CHECKPOINTING"))
    options = parser.parse_args()
    if options.peer:
        name, batch, precision, threads, checkpointing = options.peer
        return torch_step(name, int(batch), precision, int(threads), checkpointing == "1")

    def peer(name, precision, checkpointing):
        return child([sys.executable, __file__, "--peer", name, str(options.batch), precision, str(options.threads),
                      checkpointing])

    def zoo(model, precision, recompute):
        result = child([options.zoo, "bench", model, "--train", "--batch", str(options.batch), "--precision", precision,
                        "--threads", str(options.threads), "--repeats", "1", "--classes", "1000",
                        "--recompute", recompute, "--json"])
        return {"peak": result["peak_bytes"], "state": result["state_bytes"], "arena": result["arena_bytes"]}

    def rest(run):
        return run["peak"] - run["state"]

    rows = []
    print("MB             row      state  PyTorch: peak   rest   (libraries)   zoo: peak   rest   ratio   "
          "blocks: peak   rest   of the whole")
    for item in options.models.split(","):
        name, _, archive = item.partition("=")
        for precision in options.precisions.split(","):
            row = {"model": name, "precision": precision, "batch": options.batch}
            row["torch"] = peer(name, precision, "0")
            row["torch_checkpointing"] = peer(name, precision, "1")
            for choice in ("none", "auto", "blocks"):
                row[choice] = zoo(archive or name, precision, choice)
            row["rest_ratio"] = rest(row["auto"]) / rest(row["torch"])
            row["whole_ratio"] = row["blocks"]["peak"] / row["torch"]["peak"]
            row["checkpointing_ratio"] = row["blocks"]["peak"] / row["torch_checkpointing"]["peak"]
            rows.append(row)
            mb = lambda bytes: f"{bytes / 1e6:.0f}"
            print(f"{name} {precision} {options.batch}".rjust(20), mb(row["auto"]["state"]).rjust(9),
                  mb(row["torch"]["peak"]).rjust(13), mb(rest(row["torch"])).rjust(8),
                  mb(row["torch"]["libraries"]).rjust(11), mb(row["auto"]["peak"]).rjust(14),
                  mb(rest(row["auto"])).rjust(7), f"{row['rest_ratio']:.2f}".rjust(7),
                  mb(row["blocks"]["peak"]).rjust(12), mb(rest(row["blocks"])).rjust(8),
                  f"{row['whole_ratio']:.2f}".rjust(9),
                  f"({row['checkpointing_ratio']:.2f} of PyTorch with checkpointing;"
                  f" zoo keeping everything: {mb(row['none']['peak'])})", flush=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


main()
