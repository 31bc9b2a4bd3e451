"""Titles of figures, which say what these show; the words are data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from unmask.audits.findings import Finding, Interval
from unmask.audits.findings.sentences import interval, number, share
from unmask.audits.report.log_reading import Reading
from unmask.audits.report.report_words import report_words
from unmask.audits.report.results import ControlRun

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "accuracy_title",
    "activation_title",
    "attrition_title",
    "awareness_title",
    "detection_title",
    "effects_title",
    "factors_title",
    "power_title",
    "signature_title",
]


def _title(name: str, **parts: object) -> str:
    return report_words().titles[name].format(**parts)


def effects_title(findings: Sequence[Finding]) -> str:
    """How many findings are of which verdict."""
    counts = Counter(found.verdict for found in findings)
    told = {name: counts[name] for name in ("present", "absent", "inconclusive")}
    return _title("effects", all=len(findings), **told)


def factors_title(table: pd.DataFrame) -> str:
    """The factor that moves the behaviour most, of those whose interval excludes 0."""
    sure = table[(table["low"] > 0) | (table["high"] < 0)]
    if sure.empty:
        return _title("factors_none")
    top = sure.iloc[int(sure["effect"].abs().to_numpy().argmax())]
    found = Interval(value=float(top["effect"]), low=float(top["low"]), high=float(top["high"]))
    return _title("factors_some", factor=top["factor"], effect=interval(found))


def signature_title(table: pd.DataFrame, alpha: float) -> str:
    """The tests that point to sandbagging with an adjusted p-value below alpha; a shift of positions never does."""
    sure = table[(table["p_holm"] < alpha) & (table["estimate"] > 0) & (table["test"] != "position shift")]
    return _title("signature_some", tests=", ".join(sure["test"])) if len(sure) else _title("signature_none")


def awareness_title(readings: Sequence[Reading], table: pd.DataFrame) -> str:
    """How often the behaviour is shown where the model says that it may be a test, and elsewhere."""
    rates = {
        name: (float((rows["rate"] * rows["items"]).sum()), int(rows["items"].sum()))
        for name, rows in table.groupby("aware")
    }
    if "says so" not in rates:
        return _title("awareness_none")
    told = {key: f"{shown:g} of {items}" for key, (shown, items) in rates.items()}
    return _title("awareness_some", aware=told["says so"], unaware=told.get("does not", "none"))


def activation_title(table: pd.DataFrame) -> str:
    """The rates at the trigger and at the near-miss that comes closest."""
    at, near = (table[table["frame"] == "trigger"], table[table["frame"].str.startswith("near_")])
    trigger = share(float(at["share"].max()))
    if near.empty:
        return _title("activation_alone", trigger=trigger)
    top = near.iloc[int(near["share"].to_numpy().argmax())]
    name = str(top["frame"]).removeprefix("near_").replace("_", " ")
    return _title("activation", trigger=trigger, near=name, most=share(float(top["share"])))


def accuracy_title(found: Finding) -> str:
    """Accuracy in both arms."""
    told = {name: found.arm(arm) for name, arm in (("treatment", "treated"), ("control", "control"))}
    return _title("accuracy", **{name: share(arm.rate) if arm else "-" for name, arm in told.items()})


def attrition_title(readings: Sequence[Reading]) -> str:
    """How many samples of the contrasts were not scored."""
    arms = [arm for reading in readings for arm in reading.attrition if arm.compared]
    everything = sum(arm.samples for arm in arms)
    return _title("attrition", lost=everything - sum(arm.scored for arm in arms), all=everything)


def power_title(table: pd.DataFrame) -> str:
    """The smallest effect that a run would have found with 80% power; for several runs, what the figure shows."""
    if len(table[["threat", "pairs"]].drop_duplicates()) > 1:
        return _title("power_many")
    pairs, enough = int(table["pairs"].iloc[0]), table[table["power"] >= 0.8]
    if enough.empty:
        return _title("power_none", pairs=pairs)
    return _title("power", pairs=pairs, effect=number(float(enough["effect"].min())))


def detection_title(runs: Sequence[ControlRun]) -> str:
    """How many organism runs were detected, of those that ought to be and of those that ought not."""
    counts = {
        hoped: (sum(run.k for run in runs if run.hoped is hoped), sum(run.n for run in runs if run.hoped is hoped))
        for hoped in (True, False)
    }
    (found, all_of), (alarms, others) = counts[True], counts[False]
    return _title("detection", found=found, all=all_of, alarms=alarms, others=others)
