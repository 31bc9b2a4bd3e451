"""Settings that hold for every test."""

import gc
import logging
import os

import pytest
from hypothesis import HealthCheck, settings

# No example fails for being slow: how fast a machine is says nothing of the code. Fifty examples a run, anew each time.
settings.register_profile("unmask", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unmask")

# What a test starts may keep what it compiled: else each of fifty starts compiles all libraries anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Nobody asks a run of a test how far it is.
os.environ.setdefault("INSPECT_EVAL_CTL_SERVER", "false")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the garbage collector from going through all modules and tests again and again: a sixth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    logging.disable(logging.INFO - 1)  # Inspect's trace of every action, which nobody reads here
