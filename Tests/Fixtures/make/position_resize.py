"""Position embeddings of a 5×5 grid resized to 8×8 and 3×3 by the libraries that the rules are named after, and
patch kernels of 5×5 pixels resized likewise.

Run once, with numpy, scipy and timm: python3 make/position_resize.py (in Tests/Fixtures).
"""
import numpy as np
import scipy.ndimage
import torch
from timm.layers import resample_abs_pos_embed, resample_patch_embed

grid = np.random.default_rng(5).standard_normal((5, 5, 6)).astype(np.float32)
np.save("resize/grid.npy", grid)
for size in 8, 3:
    # vit_jax/checkpoint.py: interpolate_posembed.
    zoomed = scipy.ndimage.zoom(grid, (size / 5, size / 5, 1), order=1)
    np.save(f"resize/official-{size}.npy", zoomed)
    flat = torch.tensor(grid).reshape(1, 25, 6)
    for rule, mode, antialias in ("timm-npz", "bilinear", False), ("timm", "bicubic", True):
        out = resample_abs_pos_embed(
            flat, [size, size], [5, 5], num_prefix_tokens=0, interpolation=mode, antialias=antialias)
        np.save(f"resize/{rule}-{size}.npy", out.numpy().reshape(size, size, 6))

kernels = np.random.default_rng(6).standard_normal((2, 3, 5, 5)).astype(np.float32)
np.save("resize/kernels.npy", kernels)
for size in 8, 3:
    np.save(f"resize/kernels-{size}.npy", resample_patch_embed(torch.tensor(kernels), [size, size]).numpy())
