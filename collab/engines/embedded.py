"""The embedded engine: a small real model on vLLM, on the CPU."""

from collab.engines.install import Installed
from collab.engines.model import ModelCard, model_folder, read_card
from collab.engines.ports import LOOPBACK
from collab.engines.process import EngineCommand

SERVED_NAME = "agent"
MAX_MODEL_LEN = 4096
MAX_NUM_SEQS = 64  # more than 32 in flight bring nothing on two cores; the rest is for larger machines
KEEP_ALIVE_SECONDS = 120

ENVIRONMENT = {
    "VLLM_HTTP_TIMEOUT_KEEP_ALIVE": str(KEEP_ALIVE_SECONDS),
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB: 46,000 tokens
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "SPT_NOENV": "1",  # else vLLM's process titles overwrite the environment that the sweep reads
}


def embedded_command(installed: Installed, port: int, api_key: str) -> EngineCommand:
    """The flags are measured: eager saves 80 s per start, blocks of 32 let short conversations hit the prefix cache."""
    options = {
        "--model": installed.model,
        "--served-model-name": SERVED_NAME,
        "--host": LOOPBACK,
        "--port": port,
        "--dtype": "bfloat16",
        "--max-model-len": MAX_MODEL_LEN,
        "--max-num-seqs": MAX_NUM_SEQS,
        "--block-size": 32,
    }
    switches = ("--enforce-eager", "--enable-prompt-embeds", "--enable-prompt-tokens-details")
    # Not `vllm serve`: that asks for a package named vllm, and this build is named vllm-cpu.
    # -I: neither PYTHONPATH nor the working folder can bring another package in.
    server = (str(installed.python), "-I", "-m", "vllm.entrypoints.openai.api_server")
    return EngineCommand(
        name="embedded engine",
        argv=(
            *server,
            *(str(part) for pair in options.items() for part in pair),
            *switches,
            "--disable-uvicorn-access-log",
        ),
        url=f"http://{LOOPBACK}:{port}",
        env=ENVIRONMENT | {"VLLM_API_KEY": api_key},
        start_limit_s=600.0,
    )


def model_card() -> ModelCard:
    """What the embedded model is, for a run's record. Raises FileNotFoundError before the installation."""
    return read_card(model_folder())


def model_hash() -> str:
    """SHA-256 of the served weights."""
    return model_card().weights_sha256
