"""Writes ../clusters: what scikit-learn (numpy, scipy) makes of points and a sparse matrix.

    python clusters.py            rewrites the fixtures
    python clusters.py FILE K      prints scikit-learn's inertia for points of one's own (an .npy [points, dimensions])

points.npy [400, 8] f32; sparse.npy [160, 120] f32, mostly zeros; expected.json: inertia of KMeans (best of 10) and of
MiniBatchKMeans with 12 clusters, labels of AgglomerativeClustering with 10, singular-values of sparse.npy;
right.npy [120, 10] f32: its right singular vectors.
"""

import json
import os
import sys

import numpy as np
import scipy.sparse as sparse
import sklearn
from sklearn.cluster import AgglomerativeClustering, KMeans, MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD

CLUSTERS, CUT, RANK = 12, 10, 10


def figures(points, clusters):
    lloyd = KMeans(clusters, n_init=10, random_state=0).fit(points)
    batches = MiniBatchKMeans(clusters, n_init=10, random_state=0, batch_size=100).fit(points)
    return lloyd.inertia_, batches.inertia_


if len(sys.argv) > 1:
    points = np.load(sys.argv[1])
    print(dict(zip(("lloyd", "mini-batch"), figures(points, int(sys.argv[2])))))
    sys.exit()

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clusters")
random = np.random.default_rng(7)
centres = random.normal(size=(15, 8)) * 2
points = centres[random.integers(15, size=400)] + random.normal(size=(400, 8))
points = points.astype(np.float32)
np.save(os.path.join(folder, "points.npy"), points)
points = points.astype(np.float64)

# A few strong directions under noise, with a spectrum that falls slowly: the hard case.
matrix = random.normal(size=(160, 120)) * (random.random((160, 120)) < 0.06)
matrix += (random.random((160, 12)) < 0.2) @ ((random.random((12, 120)) < 0.15) * random.uniform(1, 3, (12, 1)))
matrix = matrix.astype(np.float32)
np.save(os.path.join(folder, "sparse.npy"), matrix)
svd = TruncatedSVD(RANK, algorithm="arpack", random_state=0).fit(sparse.csr_matrix(matrix.astype(np.float64)))
np.save(os.path.join(folder, "right.npy"), np.ascontiguousarray(svd.components_.T.astype(np.float32)))

inertia = figures(points, CLUSTERS)
expected = {
    "made-with": f"scikit-learn {sklearn.__version__}",
    "inertia": inertia[0],
    "mini-batch-inertia": inertia[1],
    "singular-values": svd.singular_values_.tolist(),
}
for linkage in ("average", "complete", "ward"):
    expected[linkage] = AgglomerativeClustering(CUT, linkage=linkage).fit_predict(points).tolist()
with open(os.path.join(folder, "expected.json"), "w") as file:
    json.dump(expected, file)
    file.write("\n")
