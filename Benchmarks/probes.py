"""Compares `zoo knn` and `zoo probe` with numpy and scikit-learn on the same features.

    python Benchmarks/probes.py .build/release/zoo MODEL TRAIN.tar TEST.tar

MODEL is an archive; the data are tars of class folders. zoo computes the features once, into a cache folder, from where they
are read here; everything else is computed apart. Needs numpy, scikit-learn and safetensors.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
from safetensors.numpy import load_file
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "make"))
from probes import ridge, votes  # noqa: E402


def labels(path):
    """Classes in the order in which zoo reads a tar of class folders: bytes of the class, then of the name."""
    with tarfile.open(path) as tar:
        names = [m.name for m in tar.getmembers() if m.isfile() and m.name.endswith((".png", ".jpg", ".jpeg", ".webp"))]
    classes = sorted({n.split("/")[0] for n in names}, key=str.encode)
    names.sort(key=lambda n: (n.split("/")[0].encode(), n.encode()))
    return np.array([classes.index(n.split("/")[0]) for n in names])


def main():
    program, model, train, test = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as cache:
        def zoo(*words):
            command = [program, *words, "--data", train, "--test", test, "--cache", cache, "--json"]
            return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

        y, truth = labels(train), labels(test)
        knn = zoo("knn", model)
        arrays = [load_file(os.path.join(cache, f))["features"] for f in os.listdir(cache) if f.endswith(".safetensors")]
        if len(y) == len(truth) or len(arrays) != 2:
            sys.exit("the training and test sets must differ in size")
        x = next(a for a in arrays if len(a) == len(y))
        asked = next(a for a in arrays if len(a) == len(truth))
        euclidean = zoo("knn", model, "-k", "1", "--metric", "euclidean")
        closed = zoo("probe", model, "--ridge")
        penalty = 0.001
        linear = zoo("probe", model, "--penalty", str(penalty))

    classes = int(y.max()) + 1
    scaler = StandardScaler().fit(x.astype(np.float64))
    logistic = LogisticRegression(C=1 / (len(x) * penalty), tol=1e-8, max_iter=10_000)
    logistic.fit(scaler.transform(x.astype(np.float64)), y)
    nearest = KNeighborsClassifier(1, metric="euclidean", algorithm="brute").fit(x.astype(np.float64), y)
    rows = [
        ("20 neighbours, cosine", knn, votes(x, y, asked, 20, "cosine", 0.07).argmax(1)),
        ("1 neighbour, euclidean", euclidean, nearest.predict(asked.astype(np.float64))),
        ("ridge, 1024", closed, ridge(x, y, asked, classes).argmax(1)),
        (f"logistic, {penalty}", linear, logistic.predict(scaler.transform(asked.astype(np.float64)))),
    ]
    worst = 0.0
    print(f"{'':24}{'zoo':>10}{'numpy':>10}")
    for name, ours, answers in rows:
        other = float((answers == truth).mean())
        worst = max(worst, abs(ours["top-1"] - other))
        print(f"{name:24}{ours['top-1']:>10.5f}{other:>10.5f}")
    print(f"largest difference {worst:.1e}")
    sys.exit(0 if worst <= 1e-4 else 1)


if __name__ == "__main__":
    main()
