"""Makes Tests/Fixtures/probes: classifiers over the same features by numpy and scikit-learn 1.9.

    python Tests/Fixtures/make/probes.py

"""

import os

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

BIAS, L2 = 100.0, 2.0**10


def ridge(x, y, test, classes):
    """As big_vision's fewshot_lsr.py, in double precision: eigenvalues of X'X or XX'."""
    x, test = x.astype(np.float64), test.astype(np.float64)
    mean, std = x.mean(axis=0), x.std(axis=0) + 1e-5
    x, test = (x - mean) / std, (test - mean) / std
    x = np.pad(x, ((0, 0), (0, 1)), constant_values=BIAS)
    test = np.pad(test, ((0, 0), (0, 1)), constant_values=BIAS)
    target = 2.0 * np.eye(classes)[y] - 1.0
    if x.shape[0] >= x.shape[1]:
        values, q = np.linalg.eigh(x.T @ x)
        weights = (q / (values + L2)) @ (q.T @ (x.T @ target))
    else:
        values, q = np.linalg.eigh(x @ x.T)
        weights = ((x.T @ q) / (values + L2)) @ (q.T @ target)
    return test @ weights


def votes(x, y, test, k, metric, temperature):
    """Weights of the votes for each class as shares."""

    def weight(distances):
        if temperature == 0:
            return np.ones_like(distances)
        return np.exp(-(distances - distances.min(axis=1, keepdims=True)) / temperature)

    model = KNeighborsClassifier(k, metric=metric, weights=weight, algorithm="brute").fit(x.astype(np.float64), y)
    return model.predict_proba(test.astype(np.float64))


def logistic(x, y, test, penalty):
    scaler = StandardScaler().fit(x.astype(np.float64))
    model = LogisticRegression(C=1 / (len(x) * penalty), tol=1e-10, max_iter=10_000)
    model.fit(scaler.transform(x.astype(np.float64)), y)
    return model.decision_function(scaler.transform(test.astype(np.float64)))


def main():
    folder = os.path.join(os.path.dirname(__file__), "..", "probes")
    os.makedirs(folder, exist_ok=True)
    random = np.random.default_rng(8)
    classes, width = 4, 12
    centres = random.normal(size=(classes, width))

    def draw(count):
        y = np.arange(count) % classes
        x = centres[y] * 0.7 + random.normal(size=(count, width)) * (1 + np.arange(width))[None] * 0.3 + 2
        return x.astype(np.float32), y.astype(np.int64)

    (x, y), (test, truth) = draw(40), draw(30)
    few, few_y = x[:8], y[:8]

    def save(name, array):
        np.save(os.path.join(folder, name + ".npy"), array.astype(np.int64 if array.dtype.kind == "i" else np.float32))

    for name, array in [("train", x), ("labels", y), ("test", test), ("truth", truth)]:
        save(name, array)
    for name, (a, b) in {"many": (x, y), "few": (few, few_y)}.items():
        save(f"ridge-{name}", ridge(a, b, test, classes))
        save(f"logistic-{name}", logistic(a, b, test, 0.01))
        save(f"cosine-{name}", votes(a, b, test, 7, "cosine", 0.07))
        save(f"euclidean-{name}", votes(a, b, test, 5, "euclidean", 0))
        save(f"warm-{name}", votes(a, b, test, 5, "euclidean", 2.0))


if __name__ == "__main__":
    main()
