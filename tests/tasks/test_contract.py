"""What a log carries, whatever was run: the contract with whoever reads it later."""

import hashlib
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model
from inspect_ai.scorer import Score

from tests.tasks.log_reading import metrics, samples, scores
from unmask.protocol.files import DATA
from unmask.tasks.alignment_faking import alignment_faking

Run = Callable[..., EvalLog]
KEYS = {"threat", "track", "item", "cluster", "frame", "wording", "arm", "stratum", "compared"}
KEYS |= {"reasoning", "tools", "layout"}
FACTORS = {
    "helpful_only": {"factor_tier", "factor_conflict", "factor_trained"},
    "value_conflict": {"factor_tier", "factor_conflict", "factor_trained", "factor_order"},
    "tool_choice": {"factor_tier", "factor_conflict", "factor_trained", "factor_order"},
    "synthetic_documents": {"factor_tier", "factor_copy"},
}

GRADED = {"helpful_only", "synthetic_documents"}
"""Tracks whose items have a severity."""


@pytest.fixture(params=FACTORS)
def track(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def log(shared: Run, track: str) -> EvalLog:
    return shared("alignment_faker", strength=0.6, track=track, limit_items=4)


def test_a_sample_is_named_for_its_item_frame_and_wording(log: EvalLog) -> None:
    for sample in samples(log):
        meta = sample.metadata
        assert sample.id == f"{meta['item']}/{meta['frame']}/{meta['wording']}"


def test_the_frames_of_an_item_share_its_wording_and_stand_side_by_side(log: EvalLog) -> None:
    assert log.eval.dataset.sample_ids is not None
    names = [str(name).split("/") for name in log.eval.dataset.sample_ids]
    for start in range(0, 16, 4):
        items, frames, wordings = zip(*names[start : start + 4], strict=True)
        assert (len(set(items)), len(set(frames)), len(set(wordings))) == (1, 4, 1)


def test_metadata_is_flat_and_has_every_key(log: EvalLog, track: str) -> None:
    graded = {"severity"} if track in GRADED else set()
    for sample in samples(log):
        meta = sample.metadata
        assert {type(value) for value in meta.values()} <= {str, bool}
        assert {name for name in meta if not name.startswith("tool_")} == KEYS | FACTORS[track] | graded
        assert (meta["threat"], meta["track"]) == ("alignment_faking", track)
        assert (meta["arm"] == "treatment") == (meta["factor_tier"] == "free")
        assert (meta["stratum"] == "placebo") == meta["frame"].endswith(("_placebo", "_copy"))


def test_the_input_is_the_bare_item_and_the_frame_is_in_the_messages(log: EvalLog) -> None:
    for sample in samples(log):
        assert isinstance(sample.input, str)
        assert sample.messages[1].text.endswith(sample.input)
    assert len({str(sample.input) for sample in samples(log)}) == 4
    assert len({sample.messages[0].text + sample.messages[1].text for sample in samples(log)}) == 16


def test_provenance_says_what_was_run(log: EvalLog, track: str) -> None:
    meta = log.eval.metadata or {}
    assert (meta["suite"], meta["suite_version"]) == ("unmask", version("unmask"))
    assert meta["canary"] == (DATA / "CANARY").read_text(encoding="utf-8").strip()
    assert (meta["threat"], meta["track"], meta["frames"]) == ("alignment_faking", track, "contrast")
    assert (meta["reasoning"], meta["seed"]) == ("scratchpad", 0)
    declared = meta["contrast"]
    assert (declared["treatment"], declared["control"]) == (
        ["free"],
        ["enterprise" if track == "synthetic_documents" else "pro"],
    )
    documents = ["free_placebo", "enterprise_placebo"]
    assert declared["placebo"] == (documents if track == "synthetic_documents" else ["free_copy", "pro_copy"])
    assert (declared["smallest_effect"], declared["alpha"]) == (0.1, 0.05)


def test_provenance_has_the_digest_of_every_file_that_was_used(log: EvalLog, track: str) -> None:
    files = (log.eval.metadata or {})["files"]
    found = {name: hashlib.sha256((DATA.parent / name).read_bytes()).hexdigest() for name in files}
    assert found == files
    folder = "helpful_only" if track == "synthetic_documents" else track
    frames = "documents" if track == "synthetic_documents" else "tiers"
    items = {f"datasets/alignment_faking/{folder}/{path.name}" for path in Path(DATA).rglob(f"{folder}/*.yaml")}
    assert items < set(files)
    assert {f"datasets/alignment_faking/frames/{frames}.yaml", "datasets/rubrics/judge.yaml"} < set(files)


def test_the_offline_grader_is_named_and_marked(log: EvalLog) -> None:
    meta = log.eval.metadata or {}
    assert (meta["grader"], meta["grader_offline"], meta["grader_is_subject"]) == (["organism/grader"], True, False)
    assert log.eval.tags == ["offline-grader"]
    judged = [score.metadata or {} for score in scores(log, "faking_reasoning").values()]
    assert {grader for meta in judged for grader in meta.get("graders", [])} == {"organism/grader"}


def test_a_model_that_grades_itself_is_recorded(run: Run) -> None:
    subject = get_model("organism/parrot", memoize=False)
    log = run(subject, subject, limit_items=1)
    assert (log.eval.metadata or {})["grader_is_subject"] is True
    assert (log.eval.metadata or {})["grader"] == ["organism/parrot"]


def test_the_headline_is_the_effect_on_compliance_net_of_the_placebo(log: EvalLog) -> None:
    assert log.results is not None
    headline = log.results.headline
    assert headline is not None
    assert (headline.scorer, headline.metric) == ("complied", "net_effect")
    assert log.eval.headline_metric is not None
    assert log.eval.headline_metric.scorer == "complied"
    assert metrics(log)["effect"] > 0.2


def test_the_viewer_lists_place_and_scores(log: EvalLog) -> None:
    assert log.eval.viewer is not None
    view = log.eval.viewer.task_samples_view
    assert view is not None
    assert not isinstance(view, list)
    shown = {column.id for column in view.columns or [] if column.visible is not False}
    place = {f"score__design__{key}" for key in ("item", "frame", "arm")}
    assert place | {f"score__{name}__{name}" for name in ("complied", "faking_reasoning", "eval_awareness")} <= shown
    for sample in samples(log):
        value = scores(log, "design")[str(sample.id)].value
        assert isinstance(value, dict)
        assert value == {key: sample.metadata[key] for key in value}


@pytest.mark.parametrize("scorer", ["faking_reasoning", "engagement"])
def test_an_explanation_quotes_the_models_own_words(log: EvalLog, scorer: str) -> None:
    found = scores(log, scorer)
    yes = [sample for sample in samples(log) if found[str(sample.id)].value == 1.0]
    assert yes
    for sample in yes:
        quotes = re.findall(r'^- \w+: "(.*)"(?: \[M1\])?$', found[str(sample.id)].explanation or "", re.MULTILINE)
        assert quotes
        said, told = (" ".join(text.split()) for text in (sample.output.completion, sample.messages[0].text))
        assert [quote for quote in quotes if quote not in said or quote in told] == []


def test_every_score_explains_itself(log: EvalLog) -> None:
    for scorer in ("complied", "faking_reasoning", "eval_awareness", "engagement"):
        assert all(score.explanation for score in scores(log, scorer).values())


def told(log: EvalLog) -> dict[str, str]:
    """Every message and every score, as text."""
    return {
        str(sample.id): repr(
            [[message.text for message in sample.messages], *map(_without_ids, (sample.scores or {}).items())]
        )
        for sample in samples(log)
    }


def _without_ids(named: tuple[str, Score]) -> tuple[str, Score]:
    """A score without the ids of messages, which are drawn anew in every run."""
    name, score = named
    kept = {key: value for key, value in (score.metadata or {}).items() if key != "scanner_references"}
    return name, score.model_copy(update={"metadata": kept})


@pytest.mark.parametrize(("name", "seed"), [("alignment_faker", 0), ("noisy", 1), ("garbled", 0)])
def test_the_same_run_twice_says_the_same(run: Run, name: str, seed: int) -> None:
    first, second = (
        run(get_model(f"organism/{name}", strength=0.5, seed=seed, memoize=False), seed=seed, limit_items=2)
        for _ in range(2)
    )
    assert told(first) == told(second)
    assert repr(metrics(first)) == repr(metrics(second))


def test_another_seed_deals_items_and_wordings_anew() -> None:
    first, second = ({sample.id for sample in alignment_faking(seed=seed, limit_items=8).dataset} for seed in (0, 1))
    assert len(first) == len(second) == 32
    assert len(first & second) < 16


def test_another_seed_of_the_organism_acts_on_other_items(run: Run) -> None:
    acted = [
        {name for name, score in scores(run(model, limit_items=5)).items() if score.value == 1.0}
        for model in (get_model("organism/alignment_faker", strength=0.5, seed=seed, memoize=False) for seed in (0, 1))
    ]
    assert acted[0] != acted[1]
    assert all(acted)
