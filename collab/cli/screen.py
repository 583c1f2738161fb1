"""What a run looks like on a terminal, and in a log."""

import asyncio
import sys
import time

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from collab.records import UserTurn
from collab.runner.progress import Progress
from collab.sentences import printable

PLAIN_EVERY_S = 30.0


def console() -> Console:
    return Console(highlight=False)


class PlainScreen:
    """For logs and pipes: a line every 30 s, and one for each new phase of the set-up."""

    def __init__(self) -> None:
        self._phase = ""
        self._last = 0.0

    def report(self, phase: str, detail: str) -> None:
        now = time.monotonic()
        if phase != self._phase or now - self._last >= PLAIN_EVERY_S:
            self._phase, self._last = phase, now
            self.say(f"{phase}: {detail}")

    def say(self, line: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)

    async def watch(self, progress: Progress) -> None:
        try:
            while True:
                await asyncio.sleep(PLAIN_EVERY_S)
                self.say(progress.line())
        finally:
            self.say(progress.line())


class LiveScreen:
    """For people: counters, a bar per arm, and the dialogue of one person as it is spoken."""

    def __init__(self, on: Console) -> None:
        self._console = on
        self._status = on.status("")

    def report(self, phase: str, detail: str) -> None:
        self._status.start()
        self._status.update(Text.assemble((phase, "bold"), f" {detail}"[: self._console.width - 20]))

    def say(self, line: str) -> None:
        self._console.print(Text(line))

    async def watch(self, progress: Progress) -> None:
        self._status.stop()
        with Live(console=self._console, refresh_per_second=4, transient=True) as live:
            while True:
                live.update(Group(_counters(progress), _dialogue(progress)))
                await asyncio.sleep(0.25)


def screen_for(on: Console) -> PlainScreen | LiveScreen:
    return LiveScreen(on) if on.is_terminal and sys.stdout.isatty() else PlainScreen()


def _counters(progress: Progress) -> Group:
    per_arm = progress.planned / max(1, len(progress.arms))
    table = Table.grid(padding=(0, 2))
    for arm in progress.arms:
        table.add_row(arm, ProgressBar(per_arm, progress.by_arm[arm], width=30), f"{progress.by_arm[arm]} sessions")
    return Group(Text(progress.line(), style="bold"), table)


def _dialogue(progress: Progress) -> Panel:
    """Transcripts are untrusted text: they are shown as Text, never as markup."""
    lines = []
    title = "waiting for the first words"
    for arm, person, session, turn in progress.followed:
        title = f"{person} with {arm}, session {session}"
        speaker, style = "agent", ""
        if isinstance(turn, UserTurn):
            speaker, style = person, "red" if turn.enforced else "cyan"
        lines.append(Text(f"{speaker}: {' '.join(printable(turn.message).split())[:220]}", style=style))
    return Panel(Group(*lines), title=title, height=12, title_align="left")
