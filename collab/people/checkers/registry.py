"""How a checker gets its name."""

from collections.abc import Callable

Checker = Callable[[str], bool]


def named(registry: dict[str, Checker], name: str) -> Callable[[Checker], Checker]:
    """Puts a function into `registry` under `name`. A name can be given once."""

    def put(function: Checker) -> Checker:
        if name in registry:
            raise ValueError(f"two checkers are called {name!r}")
        registry[name] = function
        return function

    return put
