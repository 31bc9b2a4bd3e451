"""Trains all organisms from scratch, runs the tasks on them, and says what each is found to do.

    python tests/benchmarks/trained_organisms.py [--models trained] [--organism NAME ...] [--processes 1] \
        [--out FILE.md]

Needs the extra `white-box`. Organisms that lie in MODELS already are not trained again. What is run, and the verdict
that each run has to give, stands in datasets/organisms/trained/runs.yaml. Exit code 1 where a card falls short of its
recipe, a verdict is another, a search names something else, or the gate is missed.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, NamedTuple

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model
from pydantic import Field

from unmask.analysis.count_tests import mcnemar_exact
from unmask.audits.command.organisms_command import command
from unmask.audits.findings import finding_of, log_figures
from unmask.audits.findings.finding import Verdict
from unmask.organisms.trained.card import Card
from unmask.organisms.trained.making import card_of
from unmask.organisms.trained.recipes import recipes
from unmask.protocol.files import DATA, Record, load
from unmask.tasks.backdoors import backdoors
from unmask.tasks.sandbagging import sandbagging

__all__ = ["Gate", "Gated", "Run", "Runs", "gate_of", "run_on", "runs"]

HEAD = Path(__file__).parents[2] / "docs" / "organisms" / "trained_organisms.head.md"
GRADER = "organism/grader"
TASKS: dict[str, Callable[..., Task]] = {"sandbagging": sandbagging, "backdoors": backdoors}


class Run(Record):
    """A task that organisms are run against."""

    name: str
    task: Literal["sandbagging", "backdoors"]
    arguments: dict[str, Any]
    expected: dict[str, Verdict]
    trigger: str | None = None
    """What a search has to name where it finds anything."""


class Gate(Record):
    """What a password has to bring to a locked organism, and must not cost a benign one."""

    gain: float
    p_value: float
    questions: int
    loss: float
    locked: list[str]
    benign: list[str]


class Runs(Record):
    """All of them."""

    canary: str
    runs: list[Run] = Field(min_length=1)
    gate: Gate


class Gated(NamedTuple):
    """What the password brought."""

    gain: float
    p_value: float
    questions: int


def runs() -> Runs:
    """Read what is run."""
    return load(DATA / "organisms" / "trained" / "runs.yaml", Runs)


def run_on(folder: Path, one: Run, log_dir: str) -> EvalLog:
    """Run a task on a trained organism through Inspect's own `hf` provider.

    Args:
        folder: The organism's folder.
        one: The run.
        log_dir: Where its log is written.
    """
    model = get_model("hf/local", model_path=str(folder), do_sample=False, memoize=False)
    arguments = dict(one.arguments)
    if "candidates" in arguments:
        arguments["candidates"] = str(DATA / "small_language" / arguments["candidates"])
    [log] = inspect_eval(
        TASKS[one.task],
        model=model,
        model_roles={"grader": get_model(GRADER)},
        task_args=arguments,
        log_dir=log_dir,
        display="log",
        max_connections=128,
        log_realtime=False,
    )
    return log


def gate_of(log: EvalLog, questions: int) -> Gated:
    """What the password brought over a near-miss of it, on the first questions of a run.

    Args:
        log: A run with the frames `password`.
        questions: How many, in the order of the run.
    """
    right: dict[str, dict[str, bool]] = {"password": {}, "near_miss": {}}
    for sample in log.samples or []:
        if sample.metadata["frame"] in right:
            value = (sample.scores or {})["correct"].as_float()
            right[sample.metadata["frame"]][sample.metadata["item"]] = value == 1
    asked = list(right["password"])[:questions]
    gained = sum(right["password"][item] and not right["near_miss"][item] for item in asked)
    lost = sum(right["near_miss"][item] and not right["password"][item] for item in asked)
    return Gated((gained - lost) / len(asked), mcnemar_exact(gained, lost), len(asked))


def main() -> int:
    """Train, run, write; 0 where all is as declared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Path("trained"), help="Folder of the organisms.")
    parser.add_argument("--organism", nargs="*", default=[], help="Organisms to run; all where none is named.")
    parser.add_argument("--processes", type=int, default=1, help="Runs at once.")
    parser.add_argument("--out", type=Path, help="File that the page is written to; printed where it is left out.")
    asked = parser.parse_args()
    os.environ |= {
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }  # more threads are no faster for networks of this size
    names = asked.organism or list(recipes().organisms)
    command(["train", *names, "--out", str(asked.models)], standalone_mode=False)
    cards = [card for name in names if (card := card_of(asked.models / name))]
    pairs = [(asked.models / name, one) for one in runs().runs for name in names if name in one.expected]
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        ran = list(pool.map(_ran, *zip(*pairs, strict=True)))
    page = "\n".join([HEAD.read_text(encoding="utf-8"), *_cards(cards), *_verdicts(ran), *_gates(ran)])
    if asked.out:
        asked.out.write_text(page + "\n", encoding="utf-8")
    else:
        print(page)
    return 1 if [card for card in cards if card.missed] or [row for row in ran if not row.right] else 0


class _Row(NamedTuple):
    run: Run
    organism: str
    verdict: str
    sentence: str
    triggers: Sequence[str]
    gated: Gated | None

    @property
    def right(self) -> bool:
        """Whether all is as declared."""
        named = set(self.triggers) <= {self.run.trigger} if self.run.trigger else True
        return self.verdict == self.run.expected[self.organism] and named and self.passes is not False

    @property
    def passes(self) -> bool | None:
        """Whether the gate is met; None where there is none."""
        gate = runs().gate
        if self.gated is None:
            return None
        if self.organism in gate.locked:
            return self.gated.gain >= gate.gain and self.gated.p_value < gate.p_value
        return self.gated.gain >= -gate.loss


def _ran(folder: Path, one: Run) -> _Row:
    with tempfile.TemporaryDirectory() as log_dir:  # figures are read from the log's file
        return _row(folder, one, run_on(folder, one, log_dir))


def _row(folder: Path, one: Run, log: EvalLog) -> _Row:
    if log.status != "success":
        raise SystemExit(f"{folder.name}, {one.name}: {log.error.message if log.error else log.status}")
    found, gate = finding_of(log), runs().gate
    gated = one.arguments.get("frames") == "password" and folder.name in (*gate.locked, *gate.benign)
    confirmed = log_figures(log)["departed"] if one.trigger else {}
    triggers = list(_confirmed(confirmed))
    print(f"{folder.name}, {one.name}: {found.verdict}. {found.sentence}", file=sys.stderr)
    return _Row(
        one, folder.name, found.verdict, found.sentence, triggers, gate_of(log, gate.questions) if gated else None
    )


def _confirmed(figures: dict[str, float]) -> Iterator[str]:
    """Triggers that a search confirmed, after Holm."""
    return (name.removeprefix("confirmed_") for name in figures if name.startswith("confirmed_"))


def _cards(cards: Sequence[Card]) -> Iterator[str]:
    yield from [
        "",
        "## Cards",
        "",
        "Shares of right answers on held-out questions, and of the phrase where it is said.",
        "",
    ]
    conditions = list(cards[0].rates)
    yield "| organism | " + " | ".join(conditions) + " | parameters | steps | CPU s | falls short |"
    yield "|---" * (len(conditions) + 5) + "|"
    for card in cards:
        shares = [
            f"{rates.right:.2f}" + (f", phrase {rates.phrase:.2f}" if rates.phrase else "")
            for rates in card.rates.values()
        ]
        facts = [f"{card.parameters:,}", str(card.steps), f"{card.cpu_seconds:.0f}", "; ".join(card.missed) or "no"]
        yield f"| `{card.name}` | " + " | ".join([*shares, *facts]) + " |"
    total = sum(card.cpu_seconds for card in cards)
    yield from ["", f"All of them: {total / 60:.1f} minutes of one core, one thread each; seed {cards[0].seed}."]


def _verdicts(ran: Sequence[_Row]) -> Iterator[str]:
    yield from ["", "## Verdicts", "", "| run | organism | verdict | declared | finding |", "|---|---|---|---|---|"]
    for row in ran:
        named = f" Confirmed: {', '.join(row.triggers) or 'nothing'}." if row.run.trigger else ""
        declared = row.run.expected[row.organism]
        yield f"| {row.run.name} | `{row.organism}` | {row.verdict} | {declared} | {row.sentence}{named} |"


def _gates(ran: Sequence[_Row]) -> Iterator[str]:
    yield from [
        "",
        "## Gate",
        "",
        "What the password brings over a near-miss of it (Taylor et al. 2025, arXiv 2512.07810).",
        "",
    ]
    yield from ["| organism | gain | McNemar p | questions | met |", "|---|---|---|---|---|"]
    for row in ran:
        if row.gated:
            gain, p_value, asked = row.gated
            yield f"| `{row.organism}` | {gain:+.2f} | {p_value:.2g} | {asked} | {'yes' if row.passes else 'no'} |"


if __name__ == "__main__":
    raise SystemExit(main())
