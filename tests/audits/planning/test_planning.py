"""Plans: pairs by the formula and by the exact test, what a log tells, and what it costs."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from inspect_ai import eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

from unmask.analysis.count_tests import mcnemar_exact
from unmask.analysis.power import mcnemar_power, pairs_needed
from unmask.analysis.sequential.expected_pairs import _pairs, expected_pairs
from unmask.analysis.sequential.opposed_legs import LegValues, first_stop, leg_evidence
from unmask.audits.command.main import main
from unmask.audits.findings import finding_of
from unmask.audits.planning import EarlierRun, earlier_run, plan, read_prices
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import read
from unmask.tasks.sandbagging import sandbagging

TEMPLATE = Path(__file__).parents[3] / "audits" / "prices.yaml"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """A small run of an organism that is wrong at random, with the offline grader in the grader's role."""
    model = get_model("organism/noisy", memoize=False)
    folder = str(tmp_path_factory.mktemp("log"))
    [made] = eval(
        sandbagging(limit_items=8),
        model=model,
        model_roles={"grader": "organism/grader"},
        log_dir=folder,
        display="none",
        log_realtime=False,
    )
    return made


@pytest.fixture(scope="module")
def like(log: EvalLog) -> EarlierRun:
    return earlier_run(log)


def test_without_a_log_it_is_the_formula_with_the_exact_test_beside_it() -> None:
    made = plan("backdoors", effect=0.1, power=0.9, discordance=0.131)
    assert made.fixed.pairs == pairs_needed(0.1, 0.131, power=0.9) == 134
    assert made.fixed.exact_pairs
    assert mcnemar_power(made.fixed.exact_pairs, 0.1, 0.131, test=mcnemar_exact) >= 0.9
    assert made.fixed.power_exact == mcnemar_power(134, 0.1, 0.131, test=mcnemar_exact)
    assert made.fixed.cost is None


def test_what_is_left_out_is_what_the_threat_declares() -> None:
    made = plan("in_context_scheming")
    assert (made.effect, made.alpha, made.declared_discordance) == (0.05, 0.05, 0.1)
    assert made.available == 54
    assert made.wordings == 3


def test_a_track_with_too_few_items_says_what_it_would_show() -> None:
    made = plan("alignment_faking")
    assert made.available < made.fixed.items
    assert made.shown_by_available
    assert made.shown_by_available > made.effect


def test_a_log_tells_how_its_pairs_scatter_and_what_a_sample_takes(log: EvalLog, like: EarlierRun) -> None:
    assert (like.threat, like.items, like.samples) == ("sandbagging", 8, 32)
    assert like.offline
    effect = next(leg for leg in like.legs if leg.name == "effect")
    assert effect.pairs == finding_of(log).pairs == 8
    pairs: dict[str, dict[str, float]] = {}
    for sample in log.samples or []:
        if sample.metadata["stratum"] == "target":
            values = pairs.setdefault(sample.metadata["item"], {})
            values[sample.metadata["arm"]] = (sample.scores or {})["correct"].as_float()
    differ = [one["treatment"] != one["control"] for one in pairs.values()]
    assert effect.discordance == pytest.approx(sum(differ) / len(differ))
    usage = {name: one.output_tokens for name, one in log.stats.model_usage.items()}
    for role in like.roles:
        assert role.usage["output_tokens"] * 32 == pytest.approx(usage[role.model])
    assert {role.role: role.model for role in like.roles}["subject"] == "organism/noisy"


def test_a_header_tells_what_the_whole_log_does(log: EvalLog, like: EarlierRun) -> None:
    thin = earlier_run(read_eval_log(log.location, header_only=True))
    assert thin == like


def test_calls_tokens_and_cost_grow_with_the_samples(like: EarlierRun, tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("organism/noisy: {input: 2, output: 10}\norganism/grader: {input: 1, output: 4}\n", "utf-8")
    made = plan("sandbagging", like=like, prices=read_prices(prices))
    subject = made.fixed.roles[0]
    assert subject.calls == pytest.approx(made.fixed.samples)
    want = (2 * subject.input_tokens + 10 * subject.output_tokens) / 1e6
    assert subject.cost == pytest.approx(want, rel=1e-4)
    assert made.fixed.cost == pytest.approx(sum(role.cost or 0 for role in made.fixed.roles))
    half = plan("sandbagging", like=like, prices={"organism/noisy": read_prices(prices)["organism/noisy"]})
    assert half.fixed.cost is None or len(half.fixed.roles) == 1


def test_the_leg_that_scatters_most_decides(like: EarlierRun) -> None:
    made = plan("sandbagging", like=like)
    needed = [pairs_needed(0.1, max(leg.discordance, 0.2), power=0.8) * leg.design_effect for leg in like.legs]
    assert made.fixed.pairs == pytest.approx(max(needed), abs=1)


def test_items_that_are_lost_are_made_up_for(like: EarlierRun) -> None:
    lossy = like.model_copy(update={"kept": 0.5})
    whole, half = plan("sandbagging", like=like).fixed, plan("sandbagging", like=lossy).fixed
    assert half.pairs == whole.pairs
    assert half.items == 2 * whole.items


def test_looking_is_simulated_for_five_true_effects() -> None:
    made = plan("backdoors", sequential=True, runs=400)
    assert [row.truth for row in made.sequential] == pytest.approx([0.0, 0.05, 0.1, 0.2, 0.5])
    assert made.cap == 2 * made.fixed.pairs
    assert made.sequential[0].absent > 0.8
    assert made.sequential[-1].present > 0.99
    assert made.same_errors == pairs_needed(0.1, 0.1, 0.1, 0.95)
    assert made.sequential[0].mean < made.same_errors
    for row in made.sequential:
        assert row.present + row.absent + row.inconclusive == pytest.approx(1)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--threat", "greed"], "threat='greed': choose from"),
        (["--threat", "backdoors", "--effect", "0"], "effect=0.0: must lie between 0 and 1"),
        (["--threat", "backdoors", "--power", "1"], "power=1.0: must lie between 0 and 1"),
        (["--threat", "backdoors", "--power", "0.04"], "must be above alpha"),
        (["--threat", "backdoors", "--like", "nowhere.eval"], "nowhere.eval: cannot be read"),
        (
            ["--threat", "in_context_scheming", "--track", "x"],
            "track: the task in_context_scheming has no such argument",
        ),
        (["--threat", "alignment_faking", "--track", "nowhere"], "choose from helpful_only"),
    ],
)
def test_bad_input_is_one_clear_line(args: list[str], said: str) -> None:
    ran = CliRunner().invoke(main, ["plan", *args])
    assert ran.exit_code != 0
    assert said in ran.output
    assert "Traceback" not in ran.output


def test_a_log_of_another_threat_is_refused(like: EarlierRun) -> None:
    with pytest.raises(ConfigurationError, match="is of the threat sandbagging, not backdoors"):
        plan("backdoors", like=like)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "must be a mapping"),
        ("a/b: {input: -1}\n", "model 'a/b', key 'input'"),
        ("a/b: {cheap: 1}\n", "model 'a/b', key 'cheap'"),
        ("a/b: 3\n", "model 'a/b'"),
    ],
)
def test_a_faulty_price_file_names_the_place(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=said):
        read_prices(path)


def test_the_template_invents_no_price() -> None:
    prices = read_prices(TEMPLATE)
    assert prices
    assert all(value is None for price in prices.values() for value in price.model_dump().values())
    assert "canary" in read(TEMPLATE)


def test_the_command_prints_and_gives_json(log: EvalLog) -> None:
    args = ["plan", "--threat", "sandbagging", "--like", log.location]
    shown = CliRunner().invoke(main, args)
    assert shown.exit_code == 0, shown.output
    flat = " ".join(shown.output.split())
    assert "To show an effect of .10 on sandbagging" in flat
    assert "scripted organism or an offline grader" in flat
    told = json.loads(CliRunner().invoke(main, [*args, "--json", "--sequential", "--cap", "20"]).stdout)
    assert told["like"]["threat"] == "sandbagging"
    assert len(told["sequential"]) == 5


def test_every_leg_of_the_verdict_is_simulated() -> None:
    legs = {
        name: plan(name, sequential=True, runs=200).legs for name in ("backdoors", "alignment_faking", "sandbagging")
    }
    assert list(legs["backdoors"]) == ["effect"]
    assert list(legs["alignment_faking"]) == ["effect", "net effect"]
    assert list(legs["sandbagging"]) == ["effect", "net effect", "effect against neutral frames"]


def test_more_legs_take_more_pairs_and_are_simulated_as_the_task_stops() -> None:
    alone, net = (expected_pairs(0.2, 0.3, 0.1, 200, placebo=one, runs=300) for one in (None, 0.1))
    both = expected_pairs(0.2, 0.3, 0.1, 200, placebo=0.1, neutral=0.3, runs=300)
    assert alone.mean < net.mean < both.mean
    assert alone.present > net.present > both.present
    rng = np.random.default_rng(0)
    pairs, placebo = (_pairs(rng, (300, 200), effect, share) for effect, share in ((0.2, 0.3), (0.0, 0.1)))
    stops = [
        first_stop(leg_evidence(LegValues(one, one - other), 0.1, 0.05))
        for one, other in zip(pairs, placebo, strict=True)
    ]
    assert net.mean == pytest.approx(np.mean([one.observations for one in stops]))
    assert net.present == pytest.approx(np.mean([one.verdict == "present" for one in stops]))
