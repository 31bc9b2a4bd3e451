"""What is told of a run that could stop early: show, the log, the report and the gate."""

from functools import cache

from inspect_ai.log import EvalLog
from inspect_ai.util import EarlyStop, EarlyStoppingSummary
from rich.console import Console

from tests.audits.report.made_finding import made_finding
from tests.direct_run import direct_log
from unmask.audits.findings import Finding, finding_of
from unmask.audits.findings.finding import Interval, Looks
from unmask.audits.findings.sentences import summed_errors
from unmask.audits.findings.show import shown
from unmask.audits.gate.admissibility import run_faults
from unmask.audits.gate.gate_policy import read_policy
from unmask.audits.report.page import page
from unmask.audits.report.results import LogProvenance, Reported, Results
from unmask.organisms.provider import Organism
from unmask.scorers import complied, eval_awareness, unscored
from unmask.scorers.headline_figures import FIXED_SIZE
from unmask.tasks import alignment_faking

LOOKS = Looks(
    pairs_used=7,
    pairs_run=11,
    pairs_planned=60,
    stopped=True,
    unit="items",
    order_seed=3,
    log_e_present=3.4,
    log_e_absent=None,
)


@cache
def stopped_log() -> EvalLog:
    task = alignment_faking(limit_items=16, stop_early=True, delta=0.2, alpha=0.1)
    log = direct_log(task, Organism("alignment_faker"), complied(), eval_awareness(), unscored("complied"))
    assert log.results
    stops = [EarlyStop(id="x", epoch=1)]
    log.results.early_stopping = EarlyStoppingSummary(manager="unmask sequential", early_stops=stops, metadata={})
    return log


def told(found: Finding) -> str:
    console = Console(record=True, width=200, highlight=False)
    shown(found, figures=True, console=console)
    return console.export_text()


def test_the_log_prints_verdict_effects_and_pairs_and_nothing_of_a_fixed_size() -> None:
    log = stopped_log()
    assert log.results
    printed = log.results.scores[0].metrics
    assert next(iter(printed)) == "verdict"
    assert {"effect", "cs_low", "net_cs_high", "pairs_used", "pairs_run", "pairs_planned"} < set(printed)
    assert len(printed) <= 10
    assert not [key for score in log.results.scores for key in score.metrics if FIXED_SIZE.search(key)]


def test_the_declared_contrast_has_delta_alpha_and_the_seed_of_the_order() -> None:
    declared = stopped_log().eval.metadata or {}
    assert (declared["contrast"]["smallest_effect"], declared["contrast"]["alpha"]) == (0.2, 0.1)
    assert (declared["sequential"]["order_seed"], declared["sequential"]["unit"]) == (0, "items")


def test_a_finding_has_confidence_sequences_and_no_other_interval() -> None:
    found = finding_of(stopped_log())
    assert found.verdict == "present"
    assert found.looks
    assert found.looks.pairs_used < found.looks.pairs_planned == 16
    assert found.net_effect
    assert found.net_effect.low > 0
    assert (found.p_value, found.mde, found.items_needed) == (None, None, None)
    assert {(arm.low, arm.high) for arm in found.arms} == {(None, None)}
    assert not [key for own in found.figures.values() for key in own if FIXED_SIZE.search(key)]
    assert "stopped: " in told(found)
    assert "95% interval" not in told(found)


def test_errors_of_several_verdicts_add_up_in_one_line() -> None:
    one = made_finding(looks=LOOKS)
    assert ".05 + .05 = .10" in summed_errors([one, one, made_finding()])
    assert summed_errors([made_finding()]) == ""


def test_the_report_says_so() -> None:
    found = made_finding(looks=LOOKS, effect=Interval(value=1, low=0.1, high=1), pairs=7)
    where = LogProvenance(log="x", sha256="", eval_id="e", run_id="r", created="", task="t", task_version="2-A")
    results = Results(
        made_with={"unmask": "0", "inspect_ai": "0"}, findings=[Reported(finding=found, provenance=where)]
    )
    text = page(results, [[]], [])
    assert "7 pairs used, 11 run, 60 planned" in text
    assert "1 looked at after every pair, each by itself" in text
    assert "; p " not in text


def test_the_gate_admits_a_run_that_looked_and_no_other_that_was_stopped() -> None:
    policy, counts = read_policy(), {"planned": 80, "completed": 30, "stopped_early": 50}
    names = {fault.name for fault in run_faults(made_finding(looks=LOOKS, **counts), policy)}
    assert not names & {"stopped_early", "incomplete"}
    assert "stopped_early" in {fault.name for fault in run_faults(made_finding(**counts), policy)}
