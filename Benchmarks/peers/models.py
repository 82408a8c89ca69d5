"""The peers' models: timm's, of the same architecture as zoo's, with random weights."""
import os
import shutil

TIMM = {
    "vit-b16": "vit_base_patch16_224",
    "vit-l16": "vit_large_patch16_224",
    "vit-h14": "vit_huge_patch14_224",
    "bit-r50x1": "resnetv2_50x1_bit",
    "bit-r101x1": "resnetv2_101x1_bit",
    "bit-r152x2": "resnetv2_152x2_bit",
}


def create(model):
    """Weights are one block of noise, drawing the 632 million of ViT-H/14 would take longer than a row; each parameter begins
    elsewhere in it. Were two of them equal, an exporter would keep one, and its weights would stay in the processor's cache."""
    import timm
    import torch

    options = {"img_size": 224} if model.startswith("vit") else {}
    with torch.device("meta"):
        net = timm.create_model(TIMM[model], pretrained=False, num_classes=1000, **options)
    net = net.to_empty(device="cpu")
    noise = 0.02 * torch.randn(1 << 20, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for index, (name, parameter) in enumerate(net.named_parameters()):
            count = parameter.numel()
            values = noise.roll(-7919 * index).repeat(-(-count // len(noise)))[:count].view_as(parameter)
            # A norm's factors are about 1.
            parameter.copy_(1 + values if parameter.ndim == 1 and name.endswith("weight") else values)
    return net


def onnx_file(model, batch, folder):
    """The model in ONNX with a static shape, written once. Weights lie beside it: one file holds 2 GB at most."""
    target = os.path.join(folder, f"onnx-{model}-b{batch}")
    path = os.path.join(target, "model.onnx")
    if not os.path.exists(path):
        import onnx
        import torch

        part = target + ".part"
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(os.path.join(part, "parts"))
        raw = os.path.join(part, "parts", "model.onnx")
        net = create(model).eval()
        with torch.no_grad():
            torch.onnx.export(net, (torch.randn(batch, 3, 224, 224),), raw, dynamo=False, opset_version=17,
                              input_names=["image"], output_names=["logits"], do_constant_folding=True)
        parameters = sum(parameter.numel() for parameter in net.parameters())
        del net
        onnx.save_model(onnx.load(raw), os.path.join(part, "model.onnx"), save_as_external_data=True,
                        all_tensors_to_one_file=True, location="weights", size_threshold=1024)
        shutil.rmtree(os.path.join(part, "parts"))
        if os.path.getsize(os.path.join(part, "weights")) < 3.9 * parameters:
            raise ValueError(f"{part} lacks weights: the exporter took some for the same")
        os.rename(part, target)
    return path
