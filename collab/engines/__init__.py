"""Starting servers: the embedded vLLM, the scripted engine, and the guard that never lets one outlive its run."""

from collections.abc import Callable

Report = Callable[[str, str], None]
"""What a long step tells while it goes on: its phase and a detail in words."""
