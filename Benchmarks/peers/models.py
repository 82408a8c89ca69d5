"""The peers' models: timm's, of the same architecture as zoo's, with random weights."""
import os

TIMM = {
    "vit-b16": "vit_base_patch16_224",
    "vit-l16": "vit_large_patch16_224",
    "vit-h14": "vit_huge_patch14_224",
    "bit-r50x1": "resnetv2_50x1_bit",
    "bit-r101x1": "resnetv2_101x1_bit",
    "bit-r152x2": "resnetv2_152x2_bit",
}


def create(model):
    import timm
    import torch

    torch.manual_seed(0)
    options = {"img_size": 224} if model.startswith("vit") else {}
    return timm.create_model(TIMM[model], pretrained=False, num_classes=1000, **options)


def onnx_file(model, batch, folder):
    """The model in ONNX with a static shape, written once."""
    import torch

    path = os.path.join(folder, f"{model}-b{batch}.onnx")
    if not os.path.exists(path):
        net = create(model).eval()
        torch.onnx.export(net, (torch.randn(batch, 3, 224, 224),), path + ".part", dynamo=False, opset_version=17,
                          input_names=["image"], output_names=["logits"], do_constant_folding=True)
        os.rename(path + ".part", path)
    return path
