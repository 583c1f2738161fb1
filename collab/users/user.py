"""What a session needs of whoever plays the person."""

from typing import Protocol

from collab.records import UserTurn


class User(Protocol):
    """One person in one session. Opens once; then every reply of the agent gets one turn back."""

    async def open(self) -> UserTurn: ...

    async def reply(self, agent_message: str) -> UserTurn: ...
