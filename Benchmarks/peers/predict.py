#!/usr/bin/env python3
"""What `zoo predict` does, with timm: opens a model, reads one image, prints the five likeliest classes."""
import sys

import timm
import torch
from PIL import Image
from safetensors.torch import load_file

weights, path, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
model = timm.create_model("vit_base_patch16_224", pretrained=False)
model.load_state_dict(load_file(weights))
model.eval()
transform = timm.data.create_transform(**timm.data.resolve_model_data_config(model))
with torch.inference_mode():
    probabilities = model(transform(Image.open(path).convert("RGB")).unsqueeze(0)).softmax(-1)[0]
for probability, index in zip(*probabilities.topk(5)):
    print(f"{index} {probability:.4f}")
