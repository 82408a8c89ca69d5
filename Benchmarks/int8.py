#!/usr/bin/env python3
"""int8 inference beside this project's own bf16 and f32, and OpenVINO's int8 (NNCF), one after the other in one run.

    python3 Benchmarks/int8.py prepare            # once: a model of random weights, quantised by both; minutes
    python3 Benchmarks/int8.py measure            # ratios of minima over interleaved rounds

Needs zoo (ZOO, default .build/release/zoo); for the peer torch, timm, openvino and nncf. Speed does not depend on the
weights, so they are random. The peer runs as a careful user runs it: static shape, latency hint, the same threads.
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
    program = os.environ.get("ZOO", ".build/release/zoo")
    environment = dict(os.environ, ZOO_HOME=str(options.folder / "store"))
    return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout


def prepare(options):
    import numpy as np

    options.folder.mkdir(parents=True, exist_ok=True)
    folder, name = options.folder, options.model
    images = np.random.default_rng(0).standard_normal((16, 3, 224, 224), dtype=np.float32)
    np.save(folder / "x.npy", images)
    np.save(folder / "y.npy", np.zeros(16, dtype=np.int64))
    data = f"{{format: tensors, x: {folder}/x.npy, labels: {folder}/y.npy, classes: 2}}"
    plain, quantised = folder / f"{name}.tar", folder / f"{name}-int8.tar"
    if not quantised.exists():
        zoo(options, "create", "--architecture", name, "--seed", "0", "--no-golden", "-o", str(plain), "--overwrite")
        zoo(options, "quantize", str(plain), "--data", data, "--images", "16", "--test-images", "0", "--no-golden", "-o",
            str(quantised))
        zoo(options, "fetch-local", str(plain), str(quantised))
    if not options.peer or (folder / f"{name}.xml").exists():
        return
    import nncf
    import openvino
    import timm
    import torch

    model = timm.create_model(TIMM[name], num_classes=1000).eval()
    shape = [options.batch, 3, 224, 224]
    converted = openvino.convert_model(model, example_input=torch.zeros(shape), input=[shape])
    samples = [np.ascontiguousarray(np.resize(images, shape)) for _ in range(1)]
    kind = nncf.ModelType.TRANSFORMER if name.startswith("vit") else None
    quantised = nncf.quantize(converted, nncf.Dataset(samples), subset_size=1, model_type=kind,
                              preset=nncf.QuantizationPreset.MIXED)
    openvino.save_model(quantised, folder / f"{name}.xml", compress_to_fp16=False)


def zoo_seconds(options, model, precision):
    line = zoo(options, "bench", model, "--batch", str(options.batch), "--repeats", str(options.repeats), "--precision",
               precision, "--threads", str(options.threads), "--json")
    return json.loads(line)["seconds"]


def openvino_runner(options):
    import numpy as np
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(options.folder / f"{options.model}.xml"), "CPU",
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
