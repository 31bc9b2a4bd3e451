"""What of weight noise needs no torch: reading the scales, crossing the samples, refusing a model without weights."""

from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from unmask.protocol.errors import ConfigurationError
from unmask.solvers.sandbagging.weight_noise import DEFAULT_SCALES, noise_levels, under_noise, with_noise

ITEMS = [Sample(id=f"item{i}/high/w1", input="?", metadata={"item": f"item{i}"}) for i in range(3)]


@pytest.mark.parametrize(
    ("given", "scales"),
    [
        ("0.01,0.02,0.05", (0.01, 0.02, 0.05)),
        (["0.02", "1e-2"], (0.01, 0.02)),
        (" 0.01 , 0.02 ", (0.01, 0.02)),
        (0.03, (0.03,)),
        (1, (1.0,)),
        (True, DEFAULT_SCALES),
        (False, ()),
    ],
)
def test_scales_are_read_from_what_the_command_line_gives(given: bool | float | str, scales: tuple[float, ...]) -> None:
    assert noise_levels(given) == scales


@pytest.mark.parametrize(
    "given", ["", "0.01,", "0.01;0.02", "-1", "0", "nan", "inf", 0, [], "0.1,0.10", [None], [True]]
)
def test_what_is_no_scale_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^noise: .*scale"):
        noise_levels(given)


def test_samples_are_crossed_with_every_level_and_once_with_none() -> None:
    crossed = with_noise(ITEMS, [0.01, 0.2], [4, 5, 6])
    assert [s.id for s in crossed[:3]] == [f"item{i}/high/w1@s0.0" for i in range(3)]
    levels = ["s0.0", *(f"s{scale}.{seed}" for scale in ("0.01", "0.2") for seed in (4, 5, 6))]
    assert [str(s.id).partition("@")[2] for s in crossed] == [level for level in levels for _ in ITEMS]


def test_the_last_seed_is_held_out_at_every_scale() -> None:
    metadata = [s.metadata or {} for s in with_noise(ITEMS[:1], [0.01, 0.2], [4, 5, 6])]
    roles = {(m["factor_noise"], m["noise_seed"]): m["noise_role"] for m in metadata}
    discovery = dict.fromkeys([("0.01", 4), ("0.01", 5), ("0.2", 4), ("0.2", 5)], "discovery")
    assert roles == {("0", 0): "baseline", ("0.01", 6): "held_out", ("0.2", 6): "held_out", **discovery}


def test_crossed_samples_keep_their_metadata_and_share_nothing() -> None:
    one, *others = with_noise(ITEMS[:1], [0.01], [0, 1])
    assert one.metadata is not None
    one.metadata["item"] = "changed"
    assert [other.metadata["item"] for other in others if other.metadata] == ["item0"] * 2
    assert ITEMS[0].metadata == {"item": "item0"}


def strata(stratum: str) -> list[dict[str, object]]:
    given = Sample(id="one", input="?", metadata={"item": "one", "stratum": stratum, "compared": True})
    return [dict(s.metadata or {}) for s in with_noise([given], [0.01, 0.2], [4, 5])]


def test_placebo_samples_stay_at_scale_0() -> None:
    assert [(m["factor_noise"], m["stratum"], m["compared"]) for m in strata("placebo")] == [("0", "placebo", True)]


def test_no_contrast_counts_a_noisy_sample_and_its_own_stratum_is_kept() -> None:
    baseline, *noisy = strata("target")
    assert (baseline["stratum"], baseline["compared"], "noise_of" in baseline) == ("target", True, False)
    assert [(m["stratum"], m["noise_of"], m["compared"]) for m in noisy] == [("noise", "target", False)] * 4


def test_no_scales_leave_the_samples_as_they_are() -> None:
    assert with_noise(ITEMS, []) == ITEMS


@pytest.mark.parametrize("seeds", [[], [1], [1, 1], [-1, 2]])
def test_seeds_without_one_to_hold_out_are_refused(seeds: list[int]) -> None:
    with pytest.raises(ConfigurationError, match="two or more different seeds"):
        with_noise(ITEMS, [0.01], seeds)


def test_a_sample_without_an_id_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no id"):
        with_noise([Sample(input="?")], [0.01], [0, 1])


@pytest.mark.parametrize(
    ("sample", "message"),
    [
        (with_noise(ITEMS, [0.01], [0, 1])[0], "needs the weights of a model"),
        (ITEMS[0], "needs factor_noise and noise_seed"),
    ],
)
def test_what_cannot_run_under_noise_ends_in_a_clear_error(sample: Sample, message: str, tmp_path: Path) -> None:
    output = ModelOutput.from_content("mockllm/model", "answer")
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    task = Task([sample], solver=under_noise())
    model = get_model("mockllm/model", custom_outputs=[output])
    (log,) = eval(task, model=model, display="log", log_dir=str(tmp_path), log_realtime=False)
    assert log.status == "error"
    assert log.error is not None
    assert message in log.error.message
