#!/usr/bin/env python3
"""Exact search: zoo search beside FAISS's IndexFlatIP and IndexBinaryFlat, on 2 threads, over the same rows.

1,000,000 rows of 256 floats and the 256-bit codes of their signs; the 10 nearest of 1, 64 and 1,024 queries. Both run by
turns and time themselves, so that neither the start of a process nor reading rows counts; what is compared is each one's
best. Results must be the same: equal scores (of floats to rounding), and of equal scores the lower rows.

    python3 Benchmarks/search.py --zoo .build/release/zoo [--rows N] [--folder FOLDER]

Needs numpy and faiss; 2.2 GB in the folder, where arrays and indexes stay for the next time.
"""
import argparse
import json
import os
import subprocess
import time

import faiss
import numpy

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--zoo", default=".build/release/zoo")
parser.add_argument("--rows", type=int, default=1_000_000)
parser.add_argument("--dimensions", type=int, default=256)
parser.add_argument("--folder", default="/tmp/zoo-search")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--queries", type=int, nargs="*", default=[1, 64, 1024])
parser.add_argument("--prepare", action="store_true", help="write arrays and indexes, and measure nothing")
arguments = parser.parse_args()
faiss.omp_set_num_threads(2)
k = 10
folder = f"{arguments.folder}/{arguments.rows}x{arguments.dimensions}"
os.makedirs(folder, exist_ok=True)


def unit(random, count):
    rows = random.standard_normal((count, arguments.dimensions), dtype=numpy.float32)
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


random = numpy.random.default_rng(0)
if not os.path.exists(f"{folder}/floats/index.json"):
    rows = numpy.concatenate([unit(random, min(100_000, arguments.rows - start))
                              for start in range(0, arguments.rows, 100_000)])
    numpy.save(f"{folder}/floats.npy", rows)
    numpy.save(f"{folder}/bits.npy", numpy.packbits(rows > 0, axis=1))
    for kind in ("floats", "bits"):
        subprocess.run([arguments.zoo, "index", f"{folder}/{kind}.npy", "--metric", "dot", "-o", f"{folder}/{kind}"],
                       check=True, stdout=subprocess.DEVNULL)
queries = unit(numpy.random.default_rng(1), max(arguments.queries))
for count in arguments.queries:
    numpy.save(f"{folder}/floats-{count}.npy", queries[:count])
    numpy.save(f"{folder}/bits-{count}.npy", numpy.packbits(queries[:count] > 0, axis=1))
if arguments.prepare:
    raise SystemExit


def zoo(kind, count, repeats):
    command = [arguments.zoo, "search", f"{folder}/{kind}", "--queries", f"{folder}/{kind}-{count}.npy", "-k", str(k),
               "--threads", "2", "--repeat", str(repeats), "--json"]
    lines = [json.loads(line) for line in subprocess.run(command, check=True, capture_output=True,
                                                         text=True).stdout.splitlines()]
    hits = [line["hits"] for line in lines[:-1]]
    score = (lambda hit: hit["score"]) if kind == "floats" else (lambda hit: hit["distance"])
    return (lines[-1]["seconds"], numpy.array([[score(hit) for hit in line] for line in hits]),
            numpy.array([[hit["row"] for hit in line] for line in hits]))


def peer(index, rows, repeats):
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        scores, ids = index.search(rows, k)
        seconds.append(time.perf_counter() - start)
    return seconds, scores, ids


def same(kind, rows, count, ours, theirs):
    """Scores of each rank; and where ranks hold other rows, that their scores tie."""
    (scores, ids), (peer_scores, peer_ids) = ours, theirs
    tolerance = 2e-6 if kind == "floats" else 0
    assert numpy.abs(scores - peer_scores).max() <= tolerance, numpy.abs(scores - peer_scores).max()
    others = ids != peer_ids
    for query, rank in zip(*numpy.nonzero(others)):
        gap = numpy.abs(peer_scores[query] - scores[query, rank])
        assert (gap <= tolerance).sum() > 1 or rank == k - 1, (query, rank)
    if kind == "bits":
        for query in range(min(count, 4)):
            code = numpy.load(f"{folder}/bits-{count}.npy")[query]
            distances = numpy.bitwise_count(rows ^ code).sum(axis=1, dtype=numpy.int32)
            assert (numpy.argsort(distances, kind="stable")[:k] == ids[query]).all(), query
    return others.sum()


worst = 0
for kind in ("floats", "bits"):
    rows = numpy.load(f"{folder}/{kind}.npy")
    index = faiss.IndexFlatIP(arguments.dimensions) if kind == "floats" else faiss.IndexBinaryFlat(arguments.dimensions)
    index.add(rows)
    for count in arguments.queries:
        asked = numpy.load(f"{folder}/{kind}-{count}.npy")
        repeats = 10 if count < 64 or kind == "bits" else 3 if count < 1024 else 1
        best = {"zoo": float("inf"), "FAISS": float("inf")}
        for _ in range(arguments.rounds):
            seconds, *ours = zoo(kind, count, max(repeats, 2))
            best["zoo"] = min(best["zoo"], *seconds)
            seconds, *theirs = peer(index, asked, repeats)
            best["FAISS"] = min(best["FAISS"], *seconds)
        ties = same(kind, rows, count, ours, theirs)
        ratio = best["zoo"] / best["FAISS"]
        worst = max(worst, ratio)
        print(f"{kind:6}  {count:5} queries   zoo {best['zoo'] * 1e3:9.2f} ms   FAISS {best['FAISS'] * 1e3:9.2f} ms   "
              f"ratio {ratio:.2f}   same results ({ties} ranks tie)", flush=True)
    del index, rows
print(f"the largest ratio of zoo's time to FAISS's is {worst:.2f}")
