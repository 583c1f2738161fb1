"""Turns a GGUF file into a folder that vLLM serves. Run by the engine's Python only: `convert_gguf.py GGUF OUT`.

The import by name keeps torch out of the harness's type check; the harness never imports this file.
"""

import sys
from importlib import import_module
from pathlib import Path


def convert(gguf: Path, out: Path) -> None:
    """Weights as bfloat16 safetensors, tokenizer and chat template, into `out`."""
    torch = import_module("torch")
    transformers = import_module("transformers")
    quantization = import_module("transformers.utils.quantization_config")
    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
    # Without dequantize the weights stay packed and cannot be saved.
    unpacked = quantization.GgufConfig(dequantize=True)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        **where, dtype=torch.bfloat16, quantization_config=unpacked
    )
    vars(model.config).pop("quantization_config", None)  # some releases keep it, and vLLM would look for packed weights
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
