"""Settings that hold for every test."""

import gc

import pytest
from hypothesis import HealthCheck, settings

# No example fails for being slow: how fast a machine is says nothing of the code.
settings.register_profile("unmask", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unmask")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the garbage collector from going through all modules and tests again and again: a sixth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
