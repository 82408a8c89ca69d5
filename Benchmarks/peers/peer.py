#!/usr/bin/env python3
"""One peer and one row: prepares, says "ready", then for each line "go SECONDS" on standard input runs for so long and
answers with the seconds of each run as a line of JSON. As a careful user runs it: static shape, latency hint, fused
kernels, channels last for convolutions, bf16 where the row says so."""
import argparse
import ctypes
import json
import os
import sys
import time

import models

parser = argparse.ArgumentParser()
for name in ("peer", "model", "work", "precision"):
    parser.add_argument("--" + name, required=True)
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--cache", required=True)
arguments = parser.parse_args()
shape = (arguments.batch, 3, 224, 224)
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", os.path.join(arguments.cache, "inductor"))


def torch_step():
    import torch

    torch.set_num_threads(arguments.threads)
    compiled = arguments.peer == "compile"
    net = models.create(arguments.model)
    image = torch.randn(shape)
    if arguments.model.startswith("bit"):
        net = net.to(memory_format=torch.channels_last)
        image = image.contiguous(memory_format=torch.channels_last)
    narrow = arguments.precision == "bf16"
    autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=narrow)
    if arguments.work == "forward":
        net = net.eval()
        for module in net.modules() if narrow else ():
            # Otherwise autocast narrows these in every pass. (Standardised convolutions are computed from f32 weights.)
            if type(module) in (torch.nn.Linear, torch.nn.Conv2d):
                module.bfloat16()
        if compiled:
            import torch._inductor.config
            torch._inductor.config.freezing = True
            net = torch.compile(net)

        def run():
            with torch.no_grad() if compiled else torch.inference_mode(), autocast:
                net(image)
        return run
    net = net.train()
    if compiled:
        net = torch.compile(net)
    labels = torch.arange(arguments.batch) % 1000
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-6, momentum=0.9, fused=True)

    def step():
        with autocast:
            loss = torch.nn.functional.cross_entropy(net(image), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return step


def onnxruntime_forward():
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = arguments.threads
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(
        models.onnx_file(arguments.model, arguments.batch, arguments.cache), options, providers=["CPUExecutionProvider"])
    image = numpy.random.randn(*shape).astype("float32")
    return lambda: session.run(None, {"image": image})


def openvino_forward():
    import numpy
    import openvino

    core = openvino.Core()
    # The converted file's constants are folded and laid out when it is compiled.
    model = core.read_model(models.onnx_file(arguments.model, arguments.batch, arguments.cache))
    compiled = core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": arguments.threads,
        "INFERENCE_PRECISION_HINT": "bf16" if arguments.precision == "bf16" else "f32",
    })
    request = compiled.create_infer_request()
    image = numpy.random.randn(*shape).astype("float32")
    return lambda: request.infer({0: image}, share_inputs=True)


def trim():
    """Freed memory back to the system: others of the row need it."""
    ctypes.CDLL(None).malloc_trim(0)


started = time.perf_counter()
run = {"torch": torch_step, "compile": torch_step, "onnxruntime": onnxruntime_forward,
       "openvino": openvino_forward}[arguments.peer]()
made = time.perf_counter()
for _ in range(2):
    run()
last = time.perf_counter()
with open("/proc/self/status") as file:
    memory = [line.split()[1] for line in file if line.startswith(("VmHWM", "VmRSS"))]
trim()
print(f"made in {made - started:.1f} s, first runs {last - made:.1f} s, CPU {sum(os.times()[:4]):.1f} s, "
      f"{int(memory[0]) / 1e6:.1f} GB at most, {int(memory[1]) / 1e6:.1f} GB now", file=sys.stderr, flush=True)
print("ready", flush=True)
for line in sys.stdin:
    if time.perf_counter() - last > 1:
        run()  # threads wake, caches fill
    end = time.perf_counter() + float(line.split()[1])
    seconds = []
    while not seconds or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    last = time.perf_counter()
    trim()
    print(json.dumps(seconds), flush=True)
