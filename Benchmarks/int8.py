#!/usr/bin/env python3
"""int8 inference beside this project's own bf16 and f32, and OpenVINO's int8 (NNCF), one after the other in one run.

    python3 Benchmarks/int8.py prepare --data FOLDER_OF_CLASS_FOLDERS     # once: a model quantised by both; minutes
    python3 Benchmarks/int8.py measure                                    # ratios of minima over interleaved rounds

Both measure ranges on the same number of images of --data, or of noise without it. Needs zoo (--zoo); for the peer torch,
torchvision, timm, openvino and nncf. Speed does not depend on the weights, so they are random. The peer runs as a careful user
runs it: static shape, latency hint, the same threads; NNCF's post-training quantisation with the preset for Transformers.
"""
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

TIMM = {"vit-b16": "vit_base_patch16_224", "vit-l16": "vit_large_patch16_224", "bit-r50x1": "resnetv2_50x1_bit"}


def zoo(options, *arguments):
    return subprocess.run([options.zoo, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def samples(options):
    """Images as both networks get them, 3 × 224 × 224, of the data's or noise."""
    import numpy as np

    if not options.data:
        return np.random.default_rng(0).standard_normal((options.images, 3, 224, 224), dtype=np.float32)
    from torchvision import datasets, transforms
    steps = [transforms.Resize((224, 224), antialias=True), transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)]
    data = datasets.ImageFolder(options.data, transforms.Compose(steps))
    return np.stack([data[i * len(data) // options.images][0].numpy() for i in range(options.images)])


def prepare(options):
    import numpy as np

    options.folder.mkdir(parents=True, exist_ok=True)
    folder, name = options.folder, options.model
    images = samples(options)
    plain, quantised = folder / f"{name}.tar", folder / f"{name}-int8.tar"
    if not quantised.exists():
        data = options.data
        if not data:
            np.save(folder / "x.npy", images)
            np.save(folder / "y.npy", np.zeros(len(images), dtype=np.int64))
            data = f"{{format: tensors, x: {folder}/x.npy, labels: {folder}/y.npy, classes: 2}}"
        zoo(options, "create", "--architecture", name, "--seed", "0", "--no-golden", "-o", str(plain), "--overwrite")
        zoo(options, "quantize", str(plain), "--data", data, "--images", str(options.images), "--test-images", "0", "--no-golden",
            "-o", str(quantised))
    if not options.peer or peer_file(options).exists():
        return
    import nncf
    import openvino
    import timm
    import torch

    model = timm.create_model(TIMM[name], num_classes=1000).eval()
    shape = [options.batch, 3, 224, 224]
    converted = openvino.convert_model(model, example_input=torch.zeros(shape), input=[shape])
    # Whole batches of the static shape; too few images are gone through again.
    count = -(-len(images) // options.batch)
    batches = [np.ascontiguousarray(part) for part in np.split(np.resize(images, [count * options.batch, *shape[1:]]), count)]
    kind = nncf.ModelType.TRANSFORMER if name.startswith("vit") else None
    quantised = nncf.quantize(converted, nncf.Dataset(batches), subset_size=count, model_type=kind,
                              preset=nncf.QuantizationPreset.MIXED)
    openvino.save_model(quantised, peer_file(options), compress_to_fp16=False)


def peer_file(options):
    return options.folder / f"{options.model}-b{options.batch}.xml"


def zoo_seconds(options, model, precision):
    line = zoo(options, "bench", str(options.folder / f"{model}.tar"), "--batch", str(options.batch), "--repeats", str(options.repeats), "--precision",
               precision, "--threads", str(options.threads), "--json")
    return json.loads(line)["seconds"]


def openvino_runner(options):
    import numpy as np
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(peer_file(options)), "CPU",
        {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": options.threads})
    request = compiled.create_infer_request()
    image = np.random.default_rng(1).standard_normal((options.batch, 3, 224, 224), dtype=np.float32)
    request.infer([image])

    def run():
        seconds = []
        for _ in range(options.repeats + 2):
            start = time.perf_counter()
            request.infer([image], share_inputs=True, share_outputs=True)
            seconds.append(time.perf_counter() - start)
        return seconds[2:]

    return run


def measure(options):
    runners = {
        "zoo bf16": lambda: zoo_seconds(options, options.model, "bf16"),
        "zoo int8": lambda: zoo_seconds(options, options.model + "-int8", "bf16"),
    }
    if options.f32:
        runners["zoo f32"] = lambda: zoo_seconds(options, options.model, "f32")
    if options.peer:
        runners["OpenVINO int8"] = openvino_runner(options)
    best = {}
    for _ in range(options.rounds):
        for name, run in runners.items():
            best[name] = min(best.get(name, float("inf")), *run())
    print(f"{options.model}, batch {options.batch}, {options.threads} threads, minima of {options.rounds} rounds")
    for name, seconds in best.items():
        print(f"  {name:14} {options.batch / seconds:7.2f} images/s  int8 is {seconds / best['zoo int8']:.2f} times as fast")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("command", choices=["prepare", "measure"])
parser.add_argument("--zoo", default=os.environ.get("ZOO", ".build/release/zoo"))
parser.add_argument("--data", help="images to quantise on: a folder of class folders")
parser.add_argument("--images", type=int, default=32, help="so many of them")
parser.add_argument("--model", default="vit-b16", choices=sorted(TIMM))
parser.add_argument("--batch", type=int, default=8)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
parser.add_argument("--repeats", type=int, default=5)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--folder", type=Path, default=Path(".build/int8"))
parser.add_argument("--f32", action="store_true", help="measure f32 too")
parser.add_argument("--no-peer", dest="peer", action="store_false")
options = parser.parse_args()
{"prepare": prepare, "measure": measure}[options.command](options)
