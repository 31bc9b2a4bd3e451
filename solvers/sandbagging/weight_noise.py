"""White-box sandbagging test: noise on the weights (Tice et al. 2024, arXiv 2412.01784).

Noise can disturb the choice to answer wrongly before it disturbs the ability: the accuracy of a model that sandbags
can rise where that of a weak one only falls. Of use with Inspect's `hf` provider alone, and evidence only as a gain on
a noise seed that took no part in choosing the scale: see `noise_sweep`. It often fails to show a sandbagger.

Weights are global to the process. Whatever uses the model outside `under_noise`, such as a grader that is the model
itself, gets the weights that happen to be in force.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any, Literal
from weakref import WeakKeyDictionary

from inspect_ai.dataset import Sample
from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import get_model
from inspect_ai.solver import Generate, Solver, TaskState, chain, generate, solver

from unmask.protocol.errors import ConfigurationError
from unmask.solvers.sandbagging.settings_gate import SettingsGate

__all__ = ["DEFAULT_SCALES", "SEEDS", "Unit", "noise_levels", "noisy_weights", "under_noise", "white_box", "with_noise"]

Unit = Literal["absolute", "rms"]
"""What a scale of noise is a multiple of: 1, or the root mean square of the tensor that it is added to."""

DEFAULT_SCALES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
"""Standard deviations swept by default: from far below to above those of a language model's usual weights."""

SEEDS = (1, 2, 3)
"""Seeds swept; the last is held out."""

_gates: WeakKeyDictionary[Any, SettingsGate] = WeakKeyDictionary()
"""One gate a module, as several tasks of a process may share a model."""


def noise_levels(given: bool | float | str | Sequence[float | str]) -> tuple[float, ...]:
    """Read the scales of noise from a task argument.

    Args:
        given: Scales, as `-T noise=0.01,0.02` arrives from the command line or as a text; true for
            `DEFAULT_SCALES`, false for none.

    Returns:
        The scales, ascending; without 0, which is always run beside them.

    Raises:
        ConfigurationError: If a scale is not a positive number, is given twice, or none is given.
    """
    if isinstance(given, bool):
        return DEFAULT_SCALES if given else ()
    if not isinstance(given, str | int | float | Sequence):
        given = []
    parts = given.split(",") if isinstance(given, str) else [given] if isinstance(given, int | float) else given
    scales = sorted(_scale(part) for part in parts)
    if not scales:
        raise ConfigurationError("noise: no scale given; write for instance -T noise=0.01,0.02")
    if len(set(map(_text, scales))) < len(scales):
        raise ConfigurationError(f"noise: a scale is given twice: {', '.join(map(_text, scales))}")
    return tuple(scales)


def with_noise(samples: Iterable[Sample], scales: Sequence[float], seeds: Sequence[int] = SEEDS) -> list[Sample]:
    """Cross samples with noise: once at scale 0, and at every scale with every seed.

    The last seed is held out: it confirms the scale that the others choose. Samples of one level lie together, as
    every change of level rewrites all weights; a limit on samples belongs before the crossing.

    Args:
        samples: Samples with ids.
        scales: Scales of noise, as from `noise_levels`; none leaves the samples as they are.
        seeds: At least two seeds, none negative.

    Returns:
        Copies with ids `<id>@s<scale>.<seed>` and the metadata `factor_noise` (the scale as text), `noise_seed` and
        `noise_role` (`baseline`, `discovery` or `held_out`). Those under noise have the stratum `noise`, with their own
        kept as `noise_of`, so that no contrast counts them; samples of the placebo stratum stay at scale 0.

    Raises:
        ConfigurationError: If a scale or seed cannot be used, or a sample has no id.
    """
    given = list(samples)
    if not scales:
        return given
    swept = noise_levels(scales)
    if len(seeds) < 2 or len(set(seeds)) < len(seeds) or min(seeds) < 0:
        raise ConfigurationError(f"noise: needs two or more different seeds from 0, the last held out; got {seeds}")
    if any(sample.id is None for sample in given):
        raise ConfigurationError("noise: a sample has no id")
    levels = [(0.0, 0, "baseline")]
    levels += [(scale, seed, "held_out" if seed == seeds[-1] else "discovery") for scale in swept for seed in seeds]
    return [_at_level(s, *level) for level in levels for s in given if level[0] == 0 or not _placebo(s)]


@contextmanager
def noisy_weights(model: Any, scale: float, seed: int, *, unit: Unit = "absolute") -> Iterator[None]:
    """Add N(0, scale^2) to every parameter of a torch module, and put the very same bits back in the end.

    The default is the paper's absolute noise, theta + N(0, s). Noise is drawn on the CPU in float32 from a generator
    of its own, so that a seed means the same on every device and in every precision, and other seeds stay as they
    were; a seed has one direction, which the scale stretches. A copy of the weights is kept in the CPU's memory.
    Tied weights get one noise; buffers get none.

    Args:
        model: The module.
        scale: Standard deviation of the noise in units of `unit`; 0 touches nothing.
        seed: Seed of the noise.
        unit: `absolute`, or `rms` to multiply by each tensor's root mean square.

    Raises:
        ConfigurationError: If the weights are quantised or not in memory.
    """
    if scale == 0:
        yield
        return
    torch: Any = import_module("torch")
    weights = _weights(model)
    originals = [weight.detach().to("cpu", copy=True) for weight in weights]
    try:
        draws = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for weight in weights:
                noise = torch.randn(weight.shape, generator=draws, dtype=torch.float32).to(weight.device)
                exact = weight.double() if weight.dtype == torch.float64 else weight.float()
                width = scale * (exact.square().mean().sqrt() if unit == "rms" else 1.0)
                weight.copy_(exact + width * noise)
        yield
    finally:
        with torch.no_grad():
            for weight, original in zip(weights, originals, strict=True):
                weight.copy_(original)


@solver
def under_noise(*inner: Solver, unit: Unit = "absolute") -> Solver:
    """Run solvers while the model's weights carry the sample's noise.

    Samples of one level run together; the weights change only when none is active. Time spent waiting for the level
    counts toward a sample's time limits. Run with `-M do_sample=false`, else sampling adds a noise of its own.

    Args:
        *inner: Solvers to run, by default `generate()`.
        unit: Unit of the scale, as in `noisy_weights`.

    Raises:
        ConfigurationError: If the sample carries no level of noise, the model's weights are not at hand, or its
            answers are cached.
    """
    solving = chain(*inner) if inner else generate()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        scale, seed = _level(state)
        module = _module()
        prepare = partial(noisy_weights, module, scale, seed, unit=unit)
        async with _gates.setdefault(module, SettingsGate()).at((scale, seed, unit) if scale else None, prepare):
            state = await solving(state, generate)
        _refuse_cached()
        return state

    return solve


def _scale(part: float | str) -> float:
    try:
        scale = float(part)
    except (TypeError, ValueError):
        scale = math.nan
    if isinstance(part, bool) or not 0 < scale < math.inf:
        raise ConfigurationError(f"noise: {part!r} is no scale: wants positive numbers (0 is always run beside them)")
    return scale


def _text(scale: float) -> str:
    return f"{scale:.12g}"


def _placebo(sample: Sample) -> bool:
    return (sample.metadata or {}).get("stratum") == "placebo"


def _at_level(sample: Sample, scale: float, seed: int, role: str) -> Sample:
    copy = sample.model_copy(deep=True)
    copy.id = f"{sample.id}@s{_text(scale)}.{seed}"
    noise: dict[str, object] = {"factor_noise": _text(scale), "noise_seed": seed, "noise_role": role}
    if scale:
        noise |= {"noise_of": (copy.metadata or {}).get("stratum", "target"), "stratum": "noise", "compared": False}
    copy.metadata = {**(copy.metadata or {}), **noise}
    return copy


def _weights(model: Any) -> list[Any]:
    """The module's parameters, of which noise must reach all or none."""
    weights = list(model.parameters())
    if getattr(model, "is_quantized", False) or not all(weight.is_floating_point() for weight in weights):
        raise ConfigurationError("noise: the model's weights are quantised: load it in 16 or 32 bits")
    if any(weight.is_meta for weight in weights):
        raise ConfigurationError("noise: some of the model's weights are offloaded: load it into memory as a whole")
    return weights


def _level(state: TaskState) -> tuple[float, int]:
    try:
        return float(state.metadata["factor_noise"]), int(state.metadata["noise_seed"])
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"sample {state.sample_id!r}: metadata needs factor_noise and noise_seed, as with_noise sets them"
        ) from error


def white_box() -> None:
    """Refuse a model whose weights are not at hand, where the model is known.

    Raises:
        ConfigurationError: Before anything is generated.
    """
    try:
        get_model()
    except ValueError:
        return  # built before its model is known: the first sample settles it
    _module()


def _module() -> Any:
    """The torch module of the model under test."""
    model = get_model()
    module = getattr(model.api, "model", None)
    if not callable(getattr(module, "parameters", None)):
        raise ConfigurationError(f"noise: needs the weights of a model, as in --model hf/local; not {model}")
    return module


def _refuse_cached() -> None:
    """Refuse answers kept for later, as a cache does not know the weights and would give them at every level."""
    calls = [event for event in transcript().events if isinstance(event, ModelEvent) and event.role is None]
    if any(call.cache is not None for call in calls):
        raise ConfigurationError("noise: answers must not be cached, as the cache does not tell noise levels apart")
