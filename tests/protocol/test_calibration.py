import asyncio
from typing import Any

import pytest
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample
from inspect_ai.scorer import Score

from unmask.protocol.calibration import Calibrated, Calibration, Chosen, chosen_levels
from unmask.protocol.errors import ConfigurationError
from unmask.tasks.sandbagging import sandbagging


@pytest.mark.parametrize(
    ("accuracy", "levels"),
    [
        ({0: 1.0, 1: 0.9, 2: 0.75, 3: 0.5}, [1, 2]),
        ({0: 1.0, 1: 1.0, 2: 0.95}, [2]),
        ({0: 0.4, 1: 0.2}, [0]),
        ({0: 0.7, 1: 0.9}, [0, 1]),
        ({0: 0.95, 1: 0.65}, [0]),
    ],
)
def test_rungs_within_the_band_are_used_or_else_the_nearest(accuracy: dict[int, float], levels: list[int]) -> None:
    assert chosen_levels(accuracy) == levels


def sample(level: int, arm: str, stratum: str) -> Sample:
    meta = {"level": str(level), "arm": arm, "stratum": stratum, "item": f"i{level}", "compared": True}
    return Sample(id=f"i{level}/{arm}-{stratum}", input="q", metadata=meta)


PROBE = [
    sample(n, arm, stratum) for n in (0, 1) for arm in ("treatment", "control") for stratum in ("target", "placebo")
]


def done(probe: Sample, score: Score | None) -> EvalSample:
    return EvalSample(
        id=probe.id or "",
        epoch=1,
        input="q",
        target="",
        metadata=probe.metadata or {},
        scores={"correct": score} if score else {},
    )


def run(scores: dict[int, list[Score | None]]) -> tuple[list[int], list[Sample], Any]:
    built: list[int] = []

    def build(levels: list[int]) -> list[Sample]:
        built.extend(levels)
        return [sample(level, "treatment", "target") for level in levels]

    async def go() -> tuple[list[int], list[Sample], Any]:
        source = Calibrated(PROBE, build)
        probes = {int((p.metadata or {})["level"]): p for p in source.initial_samples()}
        for level, marks in scores.items():
            for mark in marks:
                await source.sample_complete(done(probes[level], mark))
        first = await source.next_samples()
        return built, first or [], await source.next_samples()

    return asyncio.run(go())


def test_only_the_neutral_frame_is_probed_and_no_contrast_counts_it() -> None:
    probes = Calibrated(PROBE, lambda levels: []).initial_samples()
    assert [(p.id, (p.metadata or {})["stratum"], (p.metadata or {})["compared"]) for p in probes] == [
        ("calibration-i0/control-placebo", "calibration", False),
        ("calibration-i1/control-placebo", "calibration", False),
    ]


def test_the_control_is_probed_where_there_is_no_placebo() -> None:
    target = [s for s in PROBE if (s.metadata or {})["stratum"] == "target"]
    probes = Calibrated(target, lambda levels: []).initial_samples()
    assert [p.id for p in probes] == ["calibration-i0/control-target", "calibration-i1/control-target"]


def test_only_the_probe_is_counted() -> None:
    async def go() -> list[Sample]:
        source = Calibrated(PROBE, lambda levels: [sample(n, "control", "target") for n in levels])
        for probe, value in zip(source.initial_samples(), (0.5, 0.8), strict=True):
            await source.sample_complete(done(probe, Score(value=value)))
        await source.sample_complete(done(PROBE[0], Score(value=1.0)))
        return await source.next_samples() or []

    assert [(s.metadata or {})["calibration"] for s in asyncio.run(go())] == ["0:0.50 1:0.80"]


def test_the_rungs_are_picked_once_and_noted_in_every_later_sample() -> None:
    built, samples, after = run({0: [Score(value=1.0)] * 4, 1: [Score(value=1.0)] * 3 + [Score(value=0.0)]})
    assert built == [1]
    assert [(s.metadata or {})["calibrated_levels"] for s in samples] == ["1"]
    assert (samples[0].metadata or {})["calibration"] == "0:1.00 1:0.75"
    assert after is None


def test_a_probe_that_could_not_be_scored_says_nothing() -> None:
    unscored = Score.unscored(reason="refusal")
    built, _, _ = run({0: [unscored, None], 1: [Score(value=0.0), unscored]})
    assert built == [1]


@pytest.mark.parametrize(
    ("args", "why"),
    [({"track": "questions"}, "levels to choose from"), ({"noise": "0.1"}, "while weights are swept")],
)
def test_calibration_is_refused_where_it_makes_no_sense(args: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigurationError, match=f"calibrate: .*{why}"):
        sandbagging(calibrate=True, **args)


def test_a_probe_of_which_nothing_could_be_scored_ends_the_run_with_its_reason() -> None:
    with pytest.raises(ConfigurationError, match="none of the 2 probe answers could be scored"):
        run({0: [Score.unscored(reason="refusal")]})


BY_ITEM = Calibration(
    unit="item",
    probed=lambda samples: [s for s in samples if (s.metadata or {})["stratum"] == "calibration"],
    group=lambda metadata: metadata["item"],
    choose=lambda means: Chosen(list(means)[:1], "one alone"),
    scorer="complied",
)


def test_what_is_probed_and_grouped_and_how_it_is_chosen_is_up_to_the_calibration() -> None:
    async def go() -> list[Sample]:
        probes = [sample(level, "control", "calibration") for level in (1, 0)]
        source = Calibrated(
            [*PROBE, *probes], lambda names: [sample(int(name[1:]), "treatment", "target") for name in names], BY_ITEM
        )
        assert source.initial_samples() == probes
        for probe, value in zip(probes, (1.0, 0.25), strict=True):
            finished = done(probe, Score(value=0.5))
            finished.scores = {"complied": Score(value=value), "correct": Score(value=0.5)}
            await source.sample_complete(finished)
        return await source.next_samples() or []

    [built] = asyncio.run(go())
    meta = built.metadata or {}
    assert (meta["calibrated_items"], meta["calibration"]) == ("i0", "i0:0.25 i1:1.00")
    assert (meta["calibration_rate"], meta["calibration_note"]) == ("0.25", "one alone")


def test_a_sample_carries_the_accuracy_of_its_own_rung_and_no_note_where_none_is_due() -> None:
    _, samples, _ = run({0: [Score(value=1.0)] * 4, 1: [Score(value=1.0)] * 3 + [Score(value=0.0)]})
    assert [(s.metadata or {})["calibration_rate"] for s in samples] == ["0.75"]
    assert "calibration_note" not in (samples[0].metadata or {})
