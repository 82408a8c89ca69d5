#!/usr/bin/env python3
"""zoo and its peers on the same work, by turns in one run: a table of images/s and of ratios of minima.

    python3 Benchmarks/speed.py --zoo .build/release/zoo [--rows 'vit-b16 forward*'] [--rounds 3] [--json out.json]

A row is a model, a work, a precision and a batch, such as "vit-b16 forward bf16 8"; `--list` shows them all. Every peer
is a process of its own that is prepared first (models and compiled code are kept in --cache) and sleeps until its turn;
a turn is --seconds long. What counts is each one's fastest run over all rounds. Rows already in the file of --json are kept,
so that a table can be made row by row; `--table` prints it without measuring. Needs torch, timm, onnx, onnxruntime,
openvino, safetensors and Pillow for the Python that runs this.
"""
import argparse
import fnmatch
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MAIN = ["vit-b16", "bit-r50x1"]
LARGE = ["vit-l16", "vit-h14", "bit-r101x1", "bit-r152x2"]
# Work -> the ratio to the best peer that zoo must hold, and the one it aims at.
FLOORS = {
    "vit-b16 forward f32 1": (1.0, 1.05), "vit-b16 forward f32 8": (1.0, 1.05),
    "vit-b16 forward bf16 1": (1.25, 1.35), "vit-b16 forward bf16 8": (1.0, 1.06),
    "bit-r50x1 forward f32 1": (1.15, 1.25), "bit-r50x1 forward f32 8": (1.2, 1.35),
    "bit-r50x1 forward bf16 1": (1.5, 1.75), "bit-r50x1 forward bf16 8": (1.6, 1.8),
    "vit-b16 train f32 8": (1.9, 2.3), "vit-b16 train bf16 8": (1.35, 1.55),
    "bit-r50x1 train f32 8": (1.25, 1.5), "bit-r50x1 train bf16 8": (1.6, 1.9),
    "vit-b16 predict f32 1": (8, 15),
}


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


class Peer:
    """A prepared process."""

    def __init__(self, name, model, work, precision, batch, options):
        self.name = name
        self.log = open(os.path.join(options.cache, f"{name}.log"), "w")
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "peers", "peer.py"), "--peer", name, "--model", model, "--work", work,
             "--precision", precision, "--batch", str(batch), "--threads", str(options.threads), "--cache",
             options.cache], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def ready(self):
        for line in self.process.stdout:
            if line.strip() == "ready":
                return True
        return False

    def turn(self, seconds):
        self.process.stdin.write(f"go {seconds}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else []

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


class Zoo:
    name = "zoo"

    def __init__(self, model, work, precision, batch, options):
        self.archive = archive(model, options)
        self.command = [options.zoo, "bench", self.archive, "--batch", str(batch), "--precision", precision,
                        "--threads", str(options.threads), "--json"] + (
                            ["--train", "--recompute", options.recompute] if work == "train" else [])
        self.run_time, self.plan = None, {}

    def ready(self):
        return True

    def turn(self, seconds):
        # A run's time is unknown at first.
        repeats = 3 if self.run_time is None else max(1, int(seconds / self.run_time))
        text = subprocess.run(self.command + ["--repeats", str(repeats)], check=True, capture_output=True, text=True)
        result = json.loads(text.stdout)
        self.plan = {"flops": result["flops"]}
        self.run_time = min(result["seconds"])
        return result["seconds"]

    def close(self):
        pass


class Once:
    """A whole process from start to end."""

    def __init__(self, name, command, environment=None):
        self.name, self.command, self.environment = name, command, environment

    def ready(self):
        return True

    def turn(self, seconds):
        times, end = [], time.perf_counter() + seconds
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            subprocess.run(self.command, check=True, capture_output=True, env=self.environment)
            times.append(time.perf_counter() - start)
        return times

    def close(self):
        pass


def archive(model, options):
    path = os.path.join(options.cache, model + ".tar")
    if not os.path.exists(path):
        subprocess.run([options.zoo, "create", "--architecture", model, "--seed", "0",
                        "--no-golden", "-o", path], check=True, stdout=subprocess.DEVNULL)
    return path


def predictors(options):
    """`zoo predict` of a model in a store, and the same with timm."""
    store = os.path.join(options.cache, "store")
    environment = dict(os.environ, ZOO_HOME=store)
    if not os.path.isdir(store):
        subprocess.run([options.zoo, "fetch-local", archive("vit-b16", options)], check=True, env=environment,
                       stdout=subprocess.DEVNULL)
    weights, image = (os.path.join(options.cache, name) for name in ("vit-b16.safetensors", "image.jpg"))
    make = f"""
import sys; sys.path.insert(0, {os.path.join(HERE, "peers")!r})
import models, numpy
from PIL import Image
from safetensors.torch import save_file
save_file(models.create("vit-b16").state_dict(), {weights!r})
Image.fromarray(numpy.random.default_rng(0).integers(0, 255, (375, 500, 3), dtype="uint8")).save({image!r})
"""
    if not os.path.exists(image):
        subprocess.run([sys.executable, "-c", make], check=True)
    return [
        Once("zoo", [options.zoo, "predict", "vit-b16", image, "--threads", str(options.threads)], environment),
        Once("timm", [sys.executable, os.path.join(HERE, "peers", "predict.py"), weights, image,
                      str(options.threads)]),
    ]


def measure(row, options):
    model, work, precision, batch = row.split()
    if work == "predict":
        runners = predictors(options)
    else:
        wanted = [p for p in peers_of(work, precision) if options.peers is None or p in options.peers]
        runners = [Zoo(model, work, precision, int(batch), options)]
        # One after another: preparing takes memory and both cores.
        for name in wanted:
            runners.append(Peer(name, model, work, precision, int(batch), options))
            if not runners[-1].ready():
                print(f"{row}: {name} cannot, see {runners[-1].log.name}", file=sys.stderr)
                runners.pop().close()
    if options.prepare:
        [runner.close() for runner in runners]
        return None
    best = {}
    if options.before:
        subprocess.run(options.before, shell=True, check=True)
    for _ in range(options.rounds):
        for runner in runners:
            times = runner.turn(options.seconds)
            if times:
                best[runner.name] = min([best.get(runner.name, float("inf"))] + times)
    if options.after:
        subprocess.run(options.after, shell=True, check=True)
    result = {"seconds": best, "batch": int(batch), "rounds": options.rounds}
    if isinstance(runners[0], Zoo):
        result.update(runners[0].plan)
    [runner.close() for runner in runners]
    return result


def table(results):
    lines = ["| work | zoo images/s | best peer | ratio | floor | goal | other peers |", "|---|---|---|---|---|---|---|"]
    for row in [r for r in all_rows() if r in results] + [r for r in results if r not in all_rows()]:
        result = results[row]
        speed = {name: result["batch"] / seconds for name, seconds in result["seconds"].items()}
        ours = speed.pop("zoo", None)
        ranked = sorted(speed.items(), key=lambda item: -item[1])
        floor, goal = FLOORS.get(row, (1.0, None))
        cells = [row, f"{ours:.2f}" if ours else "–"]
        cells.append(f"{ranked[0][0]} {ranked[0][1]:.2f}" if ranked else "–")
        ratio = ours / ranked[0][1] if ours and ranked else None
        cells.append(f"**{ratio:.2f}**{' (below)' if ratio < floor else ''}" if ratio else "–")
        cells += [f"{floor:g}", f"{goal:g}" if goal else "–"]
        cells.append(", ".join(f"{name} {value:.2f}" for name, value in ranked[1:]) or "–")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zoo", default=".build/release/zoo")
    parser.add_argument("--rows", action="append", help="which, with * and ?; several times")
    parser.add_argument("--peers", action="append", help="only these: torch, compile, openvino, onnxruntime")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="of a turn")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--recompute", default="none", help="zoo's activations in training: none, auto or blocks")
    parser.add_argument("--cache", default=os.path.expanduser("~/.cache/zoo-benchmarks"))
    parser.add_argument("--json", help="where results are kept")
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
    results = {}
    if options.json and os.path.exists(options.json):
        with open(options.json) as file:
            results = json.load(file)
    if not options.table:
        for row in rows:
            result = measure(row, options)
            if result is None:
                continue
            results[row] = result
            if options.json:
                with open(options.json + ".part", "w") as file:
                    json.dump(results, file, indent=1)
                os.rename(options.json + ".part", options.json)
            print(table({row: result}).splitlines()[-1], flush=True)
        print()
    print(table(results))


main()
