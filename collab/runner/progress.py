"""What a watcher sees while a worker works, and what it leaves for `collab status`."""

import os
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from collab.records import SessionRecord, Status, Turn
from collab.store.files import replace_file

STARTING = "starting"


@dataclass
class Progress:
    """Counters of one worker. `followed`: the last turns of one chain, for a screen."""

    planned: int
    found: int
    arms: tuple[str, ...]
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    failed: int = 0
    calls: int = 0
    completion_tokens: int = 0
    retries: int = 0
    torn_bytes: int = 0
    by_arm: Counter[str] = field(default_factory=Counter)
    heartbeat: int = 0
    phase: str = STARTING
    followed: deque[tuple[str, str, int, Turn]] = field(default_factory=lambda: deque(maxlen=6))
    follow: tuple[str, str] | None = None

    def committed(self, record: SessionRecord) -> None:
        self.done += 1
        self.failed += record.status is not Status.OK
        self.by_arm[record.arm] += 1
        for cost in record.cost.values():
            self.calls += cost.calls
            self.retries += cost.retries
            self.completion_tokens += cost.completion_tokens

    def heard(self, arm: str, person: str, session: int, turn: Turn) -> None:
        """Keep the dialogue of the followed chain."""
        if self.follow == (arm, person):
            self.followed.append((arm, person, session, turn))

    def restart_clock(self) -> None:
        """Rates count from here: the engines' start-up is not the run's speed."""
        self.began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def sessions_per_hour(self) -> float:
        return 3600 * self.done / max(self.seconds, 1e-9)

    @property
    def tokens_per_second(self) -> float:
        return self.completion_tokens / max(self.seconds, 1e-9)

    @property
    def left_s(self) -> float | None:
        """Seconds to go at the rate so far; None before the first session."""
        owed = self.planned - self.found - self.done
        return owed * self.seconds / self.done if self.done else None

    def line(self) -> str:
        """One line for a log."""
        left = f"{self.left_s:,.0f} s to go" if self.left_s is not None else "no estimate yet"
        return (
            f"{self.found + self.done}/{self.planned} sessions ({self.failed} failed), {self.phase}, "
            f"{self.sessions_per_hour:,.0f} sessions/h, {self.tokens_per_second:,.0f} tokens/s, "
            f"{self.retries} retries, {left}" + (f", {self.torn_bytes} torn bytes set aside" if self.torn_bytes else "")
        )

    def status(self) -> dict[str, Any]:
        """The live status file."""
        self.heartbeat += 1
        return {
            "pid": os.getpid(),
            "heartbeat": self.heartbeat,
            "phase": self.phase,
            "planned": self.planned,
            "done": self.found + self.done,
            "done_now": self.done,
            "failed_now": self.failed,
            "calls": self.calls,
            "retries": self.retries,
            "seconds": round(self.seconds, 1),
            "sessions_per_hour": round(self.sessions_per_hour, 1),
            "tokens_per_second": round(self.tokens_per_second, 1),
            "by_arm": dict(self.by_arm),
        }

    def write(self, folder: Path, worker: str) -> None:
        """Publish the live status (atomic)."""
        replace_file(folder / "workers" / f"{worker}.json", orjson.dumps(self.status(), option=orjson.OPT_INDENT_2))
