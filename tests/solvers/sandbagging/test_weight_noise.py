"""Noise on real weights: a tiny random Llama, run through Inspect's own `hf` provider."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import GenerateConfig, Model, get_model
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver

from tests.solvers.tiny_llama import WORDS
from unmask.protocol.errors import ConfigurationError
from unmask.solvers.sandbagging.weight_noise import noisy_weights, under_noise, with_noise

torch = pytest.importorskip("torch")
os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library is imported
transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

ITEMS = [Sample(id=f"item{i}", input=" ".join(WORDS[i : i + 3])) for i in range(3)]
SMALL, LARGE, SEEDS = 1e-7, 0.5, [1, 2]


def bits(module: Any) -> list[bytes]:
    """The exact contents of every parameter and buffer."""
    tensors = [*module.parameters(), *module.buffers()]
    return [t.detach().contiguous().view(torch.uint8).numpy().tobytes() for t in tensors]


@pytest.fixture
def model(tiny_llama: Path) -> Model:
    return get_model(
        "hf/local",
        model_path=str(tiny_llama),
        do_sample=False,
        memoize=False,
        config=GenerateConfig(max_tokens=6, max_connections=len(ITEMS)),
    )


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., EvalLog]:
    def go(model: Model, samples: list[Sample], solving: Solver, **options: Any) -> EvalLog:
        (log,) = eval(
            Task(samples, solver=solving),
            model=model,
            display="log",
            log_dir=str(tmp_path),
            **options,
            log_realtime=False,
        )
        return log

    return go


def answers(log: EvalLog) -> dict[str, str]:
    assert log.status == "success", log.error
    assert log.samples
    return {str(sample.id): sample.output.completion for sample in log.samples}


@solver
def fingerprint(seen: dict[str, set[bytes]]) -> Solver:
    """Note the weights at both ends of a nap, by level."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        module = get_model().api.model  # type: ignore[attr-defined]
        level = str(state.sample_id).partition("@")[2]
        for nap in (0.02, 0.0):
            seen.setdefault(level, set()).add(b"".join(bits(module)))
            await anyio.sleep(nap)
        return state

    return solve


def test_answers_at_scale_0_are_those_without_noise_and_change_with_much_noise(
    model: Model, run: Callable[..., EvalLog]
) -> None:
    module = model.api.model  # type: ignore[attr-defined]
    before = bits(module)
    plain = answers(run(model, ITEMS, generate()))
    noisy = answers(run(model, with_noise(ITEMS, [SMALL, LARGE], SEEDS), under_noise()))
    assert bits(module) == before
    by_level = {level: {i: noisy[f"{i}@{level}"] for i in plain} for level in {i.partition("@")[2] for i in noisy}}
    assert by_level["s0.0"] == plain
    assert by_level["s1e-07.1"] == plain
    assert by_level["s0.5.1"] != plain
    assert by_level["s0.5.2"] not in (plain, by_level["s0.5.1"])
    with noisy_weights(module, LARGE, 1):
        assert by_level["s0.5.1"] == answers(run(model, ITEMS, generate()))


@pytest.mark.parametrize("max_samples", [2, 7])
def test_every_sample_sees_the_weights_of_its_own_level_however_the_samples_are_mixed(
    model: Model, run: Callable[..., EvalLog], max_samples: int
) -> None:
    seen: dict[str, set[bytes]] = {}
    module = model.api.model  # type: ignore[attr-defined]
    before = bits(module)
    crossed = with_noise(ITEMS, [0.01, LARGE], SEEDS)
    log = run(model, crossed, under_noise(fingerprint(seen)), sample_shuffle=3, max_samples=max_samples)
    assert log.status == "success"
    assert bits(module) == before
    assert seen["s0.0"] == {b"".join(before)}
    assert {len(weights) for weights in seen.values()} == {1}
    assert len(set.union(*seen.values())) == len(seen) == 5


def test_an_error_in_a_sample_leaves_the_weights_as_they_were(model: Model, run: Callable[..., EvalLog]) -> None:
    @solver
    def failing() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            await anyio.sleep(0.01)
            raise ZeroDivisionError

        return solve

    module = model.api.model  # type: ignore[attr-defined]
    before = bits(module)
    assert run(model, with_noise(ITEMS, [LARGE], SEEDS), under_noise(failing())).status == "error"
    assert bits(module) == before


def test_cached_answers_are_refused(
    model: Model, run: Callable[..., EvalLog], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path))
    log = run(model, with_noise(ITEMS[:1], [LARGE], SEEDS), under_noise(generate(cache=True)))
    assert log.error is not None
    assert "must not be cached" in log.error.message


@pytest.fixture
def module(tiny_llama: Path) -> Any:
    return transformers.LlamaForCausalLM.from_pretrained(tiny_llama)


@pytest.mark.parametrize("unit", ["absolute", "rms"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", "float64"])
def test_weights_return_to_the_last_bit(module: Any, dtype: str, unit: Any) -> None:
    module = module.to(getattr(torch, dtype))
    with torch.no_grad():
        module.model.norm.weight[:3] = torch.tensor([-0.0, float("nan"), 1e-7])
    before = bits(module)
    with noisy_weights(module, 0.1, seed=1, unit=unit):
        assert all(one != other for one, other in zip(before[:-2], bits(module), strict=False))
    assert bits(module) == before


def test_weights_return_after_an_error_inside(module: Any) -> None:
    before = bits(module)
    with pytest.raises(ZeroDivisionError), noisy_weights(module, 0.1, seed=1):
        raise ZeroDivisionError
    assert bits(module) == before


def test_weights_return_after_an_error_halfway_through_the_noise(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before, draw, drawn = bits(module), torch.randn, []

    def failing(*args: Any, **kwargs: Any) -> Any:
        drawn.append(1)
        if len(drawn) == 4:
            raise MemoryError
        return draw(*args, **kwargs)

    monkeypatch.setattr(torch, "randn", failing)
    with pytest.raises(MemoryError), noisy_weights(module, 0.1, seed=1):
        pytest.fail("noise should have failed")
    assert bits(module) == before


def test_noise_has_the_scale_asked_for_and_a_mean_of_0() -> None:
    module = torch.nn.Linear(300, 300)
    before = module.weight.detach().clone()
    with noisy_weights(module, 0.02, seed=5):
        noise = module.weight.detach() - before
    assert noise.std().item() == pytest.approx(0.02, rel=0.02)
    assert noise.mean().item() == pytest.approx(0, abs=4 * 0.02 / 300)


def test_relative_noise_is_a_share_of_each_tensor() -> None:
    module = torch.nn.Linear(300, 300)
    with torch.no_grad():
        module.weight.normal_(std=7)
    before = module.weight.detach().clone()
    with noisy_weights(module, 0.02, seed=5, unit="rms"):
        assert (module.weight.detach() - before).std().item() == pytest.approx(0.14, rel=0.03)


def test_a_seed_repeats_its_noise_and_leaves_other_randomness_alone(module: Any) -> None:
    torch.manual_seed(3)
    expected = torch.rand(2).tolist()
    torch.manual_seed(3)
    seen = []
    for seed in (1, 1, 2):
        with noisy_weights(module, 0.1, seed=seed):
            seen.append(bits(module))
    assert seen[0] == seen[1] != seen[2]
    assert torch.rand(2).tolist() == expected


def test_gradients_can_still_be_taken_inside(module: Any) -> None:
    with noisy_weights(module, 0.1, seed=1):
        module(torch.tensor([[4, 5]])).logits.sum().backward()
    assert module.lm_head.weight.grad is not None


def test_scale_0_does_not_even_look_at_the_weights() -> None:
    with noisy_weights(object(), 0, seed=1):
        pass


@pytest.mark.parametrize("fault", ["quantised", "offloaded"])
def test_weights_that_noise_cannot_reach_are_refused(fault: str) -> None:
    module = torch.nn.Linear(4, 4, device="meta" if fault == "offloaded" else "cpu")
    if fault == "quantised":
        module.weight = torch.nn.Parameter(torch.zeros(4, 4, dtype=torch.int8), requires_grad=False)
    with pytest.raises(ConfigurationError, match=fault), noisy_weights(module, 0.1, seed=1):
        pass


def test_the_sandbagging_task_sweeps_noise_and_counts_only_unperturbed_answers_in_its_contrast(
    model: Model, tmp_path: Path
) -> None:
    from unmask.tasks.sandbagging import sandbagging

    (log,) = eval(
        sandbagging(track="arithmetic_choice", noise="0.001,0.5", items_per_level=1, limit_items=3),
        model=model,
        model_roles={"grader": "organism/grader"},
        display="log",
        log_dir=str(tmp_path),
        log_realtime=False,
    )
    assert log.status == "success", log.error
    assert log.samples
    roles = [(s.metadata["noise_role"], s.metadata["stratum"]) for s in log.samples]
    assert roles.count(("baseline", "target")) == roles.count(("baseline", "placebo")) == 6
    assert roles.count(("discovery", "noise")) == 2 * 2 * 6
    assert roles.count(("held_out", "noise")) == 2 * 6
    reasons = [s.scores["correct"].reason for s in log.samples if s.scores]
    assert len(reasons) == len(log.samples)
    assert set(reasons) <= {"answer_missing", "budget", "no_single_option"}
