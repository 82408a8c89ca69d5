#!/usr/bin/env python3
"""zoo and its peers on the same work, by turns in one run: a table of images/s and of ratios of minima.

    python3 Benchmarks/speed.py --zoo .build/release/zoo [--rows 'vit-b16 forward*'] [--rounds 3] [--json out.json]

A row is a model, a work, a precision and a batch, such as "vit-b16 forward bf16 8"; `--list` shows them all. Every peer
is a process of its own that is prepared first (models and compiled code are kept in --cache) and sleeps until its turn;
a turn is --seconds long, and one run at least. What counts is each one's fastest run over all rounds. The largest models do
not fit into memory together: there each is prepared and ended in its turn, in two rounds. A peer that cannot is left out,
with the reason in the results. Rows already in the file of --json are kept, so that a table can be made row by row;
`--table` prints it without measuring, and of several files (`--json a.json --json b.json`) all ratios of each row. Needs
torch, timm, onnx, onnxruntime, openvino, safetensors and Pillow for the Python that runs this.
"""
import argparse
import fnmatch
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "peers"))

from runners import Once, Peer, Zoo  # noqa: E402
from table import table  # noqa: E402

MAIN = ["vit-b16", "bit-r50x1"]
LARGE = ["vit-l16", "vit-h14", "bit-r101x1", "bit-r152x2"]
# Several processes of these would not fit into 12 GB.
ALONE = ["vit-h14"]


def all_rows():
    rows = [f"{m} forward {p} {b}" for m in MAIN for p in ("f32", "bf16") for b in (1, 8)]
    rows += [f"{m} train {p} 8" for m in MAIN for p in ("f32", "bf16")]
    rows += [f"{m} forward {p} 1" for m in LARGE for p in ("f32", "bf16")]
    # A step of the largest has to fit into memory beside its peers'.
    rows += [f"{m} train {p} {b}" for m, b in (("vit-l16", 4), ("bit-r101x1", 8), ("vit-h14", 1), ("bit-r152x2", 2))
             for p in ("f32", "bf16")]
    return rows + ["vit-b16 predict f32 1"]


def peers_of(work, precision):
    if work == "predict":
        return ["timm"]
    if work == "train":
        return ["torch", "compile"]
    # ONNX Runtime has no bf16 on CPUs.
    return ["torch", "compile", "openvino"] + (["onnxruntime"] if precision == "f32" else [])


def predictors(options):
    """`zoo predict` of a model in a store, and the same with timm and the same weights."""
    folder = os.path.join(options.cache, "predict")
    store, weights, image, model = (
        os.path.join(folder, name) for name in ("store", "vit-b16.safetensors", "image.jpg", "vit-b16.tar"))
    environment = dict(os.environ, ZOO_HOME=store)
    make = f"""
import sys; sys.path.insert(0, {os.path.join(HERE, "peers")!r})
import models, numpy
from PIL import Image
from safetensors.torch import save_file
save_file(models.create("vit-b16").state_dict(), {weights!r})
Image.fromarray(numpy.random.default_rng(0).integers(0, 255, (375, 500, 3), dtype="uint8")).save({image!r})
"""
    if not os.path.exists(image):
        os.makedirs(folder, exist_ok=True)
        subprocess.run([sys.executable, "-c", make], check=True)
    if not os.path.isdir(store):
        subprocess.run([options.zoo, "import", weights, "--architecture", "vit-b16", "--no-golden", "--overwrite", "-o", model],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run([options.zoo, "fetch-local", model], check=True, env=environment, stdout=subprocess.DEVNULL)
    return [
        Once("zoo", [options.zoo, "predict", "vit-b16", image, "--threads", str(options.threads)], environment),
        Once("timm", [sys.executable, os.path.join(HERE, "peers", "predict.py"), weights, image,
                      str(options.threads)]),
    ]


def one_pass(row, runners, options):
    """Each one's fastest run of all rounds."""
    model, _, _, batch = row.split()
    best = {}
    if options.before:
        subprocess.run(options.before, shell=True, check=True)
    started = time.perf_counter()
    try:
        for _ in range(min(options.rounds, 2) if model in ALONE else options.rounds):
            for runner in runners:
                times = runner.turn(options.seconds)
                if times:
                    best[runner.name] = min([best.get(runner.name, float("inf"))] + times)
    finally:
        if options.after:
            subprocess.run(options.after, shell=True, check=True)
    return {"seconds": best, "batch": int(batch), "rounds": options.rounds, "measuring": time.perf_counter() - started}


def measure(row, options):
    """The results of as many passes as there are files for them."""
    model, work, precision, batch = row.split()
    started = time.perf_counter()
    if work == "predict":
        wanted = predictors(options)
    else:
        wanted = [Zoo(row, options)] + [
            Peer(name, row, options, alone=model in ALONE and not options.prepare)
            for name in peers_of(work, precision) if options.peers is None or name in options.peers]
    # One after another: preparing takes memory and both cores.
    runners, left_out = [], {}
    for runner in wanted:
        begun = time.perf_counter()
        if runner.ready():
            runners.append(runner)
        if options.prepare:
            runner.close()
            print(f"{row}: {runner.name} {time.perf_counter() - begun:.0f} s {runner.failure or ''}", flush=True)
    if options.prepare:
        return None
    prepared = time.perf_counter()
    results = []
    for _ in range(max(1, len(options.json))):
        results.append(one_pass(row, runners, options))
        results[-1]["preparing"] = prepared - started
    for runner in wanted:
        if runner.failure:
            left_out[runner.name] = runner.failure
            print(f"{row}: {runner.name} is left out, {runner.failure}", file=sys.stderr)
    for result in results:
        if left_out:
            result["left_out"] = left_out
        if isinstance(wanted[0], Zoo):
            result.update(wanted[0].share)
    [runner.close() for runner in runners]
    return results


def read(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zoo", default=".build/release/zoo")
    parser.add_argument("--rows", action="append", help="which, with * and ?; several times")
    parser.add_argument("--peers", action="append", help="only these: torch, compile, openvino, onnxruntime")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="of a turn")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--recompute", default="none", help="zoo's activations in training: none, auto or blocks")
    parser.add_argument("--cache", default=os.path.expanduser("~/.cache/zoo-benchmarks"))
    parser.add_argument("--json", action="append", default=[], help="where results are kept; of several, each gets a pass of its own")
    parser.add_argument("--list", action="store_true", help="show the rows")
    parser.add_argument("--table", action="store_true", help="print the table of --json")
    parser.add_argument("--before", help="a command to run when a row's processes are prepared, such as one that stops others")
    parser.add_argument("--after", help="a command to run when a row is measured")
    parser.add_argument("--prepare", action="store_true", help="write models and compiled code, measure nothing")
    options = parser.parse_args()
    rows = [r for r in all_rows() if any(fnmatch.fnmatch(r, p) for p in options.rows or ["*"])]
    if options.list:
        print("\n".join(rows))
        return
    os.makedirs(options.cache, exist_ok=True)
    files = [read(path) for path in options.json] or [{}]
    if not options.table:
        for row in rows:
            for number, result in enumerate(measure(row, options) or []):
                files[number][row] = result
                if options.json:
                    part = options.json[number] + ".part"
                    with open(part, "w") as file:
                        json.dump(files[number], file, indent=1)
                    os.rename(part, options.json[number])
                print(table([], {row: result}).splitlines()[-1],
                      f"prepared in {result['preparing']:.0f} s, measured in {result['measuring']:.0f} s", flush=True)
        print()
    if not options.prepare:
        print(table(all_rows(), *files))


main()
