"""The model calls of one session: ids, seeds, costs, and whose fault a failure is."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from collab.errors import CallFailed, CollabError, EndpointDown, SessionFailed, Unauthorised
from collab.identity import CallId, derived_rng, derived_seed
from collab.inference.endpoint import Endpoint
from collab.inference.requests import ChatMessage, ChatRequest, Completion
from collab.inference.tokens import TokenCounter
from collab.records import RoleCost
from collab.spec import Sampling

Notify = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Served:
    """A role's endpoint and the model name to ask it for."""

    endpoint: Endpoint
    model: str


class SessionCalls:
    """Every call of one session. Each (turn, role, step) may be used once: a re-ask takes another step."""

    def __init__(
        self,
        name: tuple[str, str, int, int],
        seeds: tuple[int, int],
        roles: Mapping[str, Served],
        before_call: Notify,
        on_wait: Notify,
    ) -> None:
        """name: arm, person, repeat, session. seeds: the run's, and the run's plus the arm's offset for model calls.

        before_call may raise, to stop a draining worker; on_wait is called before a retry waits.
        """
        self._name = name
        self._before_call = before_call
        self._run_seed, self._call_seed = seeds
        self._roles = roles
        self._on_wait = on_wait
        self._used: set[CallId] = set()
        self._stopped_by: CollabError | None = None
        self._costs: defaultdict[str, RoleCost] = defaultdict(RoleCost)

    async def chat(
        self, role: str, turn: int, step: str, messages: Sequence[ChatMessage], sampling: Sampling, n: int = 1
    ) -> Completion:
        """Raises SessionFailed(role) where this session gets no answer; what concerns the worker passes through."""
        self._check_the_worker()
        call = self._call_id(turn, role, step)
        served = self._roles[role]
        seed = derived_seed(self._call_seed, call.without_arm)
        request = ChatRequest(served.model, tuple(messages), sampling, seed, n)
        affinity = f"{call.arm}/{call.person}/{call.repeat}"
        try:
            completion = await served.endpoint.chat(request, affinity, self._on_wait)
        except (Unauthorised, EndpointDown) as error:
            self._stopped_by = error
            raise
        except CallFailed as error:
            self._add(role, RoleCost(calls=1, failures=1))
            raise SessionFailed(role, error) from error
        self._add(
            role,
            RoleCost(
                calls=1,
                retries=completion.retries,
                prompt_tokens=completion.usage.prompt,
                cached_tokens=completion.usage.cached,
                completion_tokens=completion.usage.completion,
                seconds_in_flight=completion.flight_s,
                seconds_queued=completion.queued_s,
            ),
        )
        return completion

    def method_rng(self, turn: int, step: str) -> random.Random:
        """For a method's own draws; the aa arm has its own, as for its model calls."""
        return derived_rng(self._call_seed, *self._name[1:], turn, "method", step)

    def raise_what_a_method_hid(self) -> None:
        """A method may catch the failure of a call of its own; what stops the worker must not be lost in that."""
        if self._stopped_by is not None:
            raise self._stopped_by

    def user_rng(self, turn: int, step: str) -> random.Random:
        """For the simulated person's draws; without arm and repeat, so that all arms meet the same person."""
        return derived_rng(self._run_seed, self._name[1], self._name[3], turn, "user", step)

    def _check_the_worker(self) -> None:
        try:
            self._before_call()
        except CollabError as error:
            self._stopped_by = error
            raise

    @property
    def costs(self) -> dict[str, RoleCost]:
        return dict(self._costs)

    def _call_id(self, turn: int, role: str, step: str) -> CallId:
        arm, person, repeat, session = self._name
        call = CallId(arm, person, repeat, session, turn, role, step)
        if call in self._used:
            raise SessionFailed(role, ValueError(f"call {call} was made twice; give a re-ask a step of its own"))
        self._used.add(call)
        return call

    def _add(self, role: str, more: RoleCost) -> None:
        so_far = self._costs[role]
        self._costs[role] = RoleCost(
            **{name: getattr(so_far, name) + getattr(more, name) for name in RoleCost.model_fields}
        )


class MethodTools:
    """What a session lends to its method, and no more: an agent call or the person's draws are out of its reach."""

    def __init__(self, calls: SessionCalls, tokens: TokenCounter, before_memory: Notify) -> None:
        """before_memory: steps out of the wave, since a method that thinks holds nobody up."""
        self._calls = calls
        self._tokens = tokens
        self._before_memory = before_memory

    async def memory_chat(
        self, turn: int, step: str, messages: Sequence[ChatMessage], sampling: Sampling, n: int
    ) -> Completion:
        """A model call of the method's own."""
        self._before_memory()
        return await self._calls.chat("memory", turn, step, messages, sampling, n)

    async def count_tokens(self, text: str) -> int:
        return await self._tokens.count(text)

    def rng(self, turn: int, step: str) -> random.Random:
        return self._calls.method_rng(turn, step)
