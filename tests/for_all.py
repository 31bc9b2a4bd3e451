"""Many cases of one kind in one test, which tells all that fail: a test of its own for each takes longer than most."""

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["for_all"]

Check = Callable[..., None]


def for_all(cases: Iterable[Any], name: Callable[..., str] = lambda *case: "-".join(map(str, case))) -> Any:
    """Make a test of a check, which is run on every case; a tuple is handed over as several arguments.

    Args:
        cases: The cases; there has to be one at least.
        name: What a case is called in the message.
    """
    known = [case if isinstance(case, tuple) else (case,) for case in cases]

    def tested(check: Check) -> Callable[[], None]:
        def test() -> None:
            assert known
            faults = {name(*case): fault for case in known if (fault := _fault(check, case)) is not None}
            told = "\n".join(f"{case}: {fault}" for case, fault in faults.items())
            assert not faults, f"{len(faults)} of {len(known)}\n{told}"

        test.__name__, test.__qualname__, test.__module__ = check.__name__, check.__qualname__, check.__module__
        return test

    return tested


def _fault(check: Check, case: tuple[Any, ...]) -> str | None:
    """What is wrong with a case, on one line or more."""
    try:
        check(*case)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
