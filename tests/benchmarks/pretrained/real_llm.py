"""What a small pretrained model does to the instrument: verdicts, unscored samples by reason, and time, on all threats.

    unmask organisms fetch smollm2 --out models/smollm2
    python tests/benchmarks/pretrained/real_llm.py models/smollm2 [--size 8] [--max-tokens 160] [--processes 1] \
        [--out FILE.md]

A model of 135 million parameters can do little of what is asked. Nothing is expected but that no run fails, that every
sample is scored or has a reason why not, and that nothing is called `present`. The offline grader judges. The page has
ten transcripts, picked by a seed in turn from the threats. Exit code 1 if a run fails, a sample is unaccounted for or a
verdict is `present`. With `--processes 4` the threats run side by side, each with the model in its own memory. With
`--read DIR` the page is written from logs of an earlier run.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, EvalSample, list_eval_logs, read_eval_log
from inspect_ai.model import GenerateConfig, get_model

from unmask.audits.findings.finding_of_log import finding_of

ROOT = Path(__file__).parents[3]
HEAD = ROOT / "docs" / "pretrained" / "real_llm.head.md"
COLUMNS = ("threat", "samples", "scored", "unscored, by reason", "verdict", "minutes")
QUOTED = 700
"""Characters of a reply that a page shows."""


def task_args(size: int) -> dict[str, dict[str, Any]]:
    """Arguments of each threat's task for so many items."""
    return {
        "alignment_faking": {"limit_items": size},
        "sandbagging": {"limit_items": size},
        "in_context_scheming": {"limit_items": max(1, size // 8), "messages": 8},
        "backdoors": {"pairs": size, "near": max(1, size // 8), "clean": size},
    }


@dataclass(frozen=True)
class Row:
    """One run."""

    log: EvalLog
    scorer: str
    verdict: str
    reasons: Counter[str]
    scored: int

    @property
    def samples(self) -> list[EvalSample]:
        """The run's samples."""
        return self.log.samples or []

    @property
    def unaccounted(self) -> int:
        """Samples that are neither scored nor unscored with a reason."""
        return len(self.samples) - self.scored - self.reasons.total() + self.reasons[""]

    def cells(self) -> list[str]:
        """The run as the table shows it."""
        lost = ", ".join(f"{reason} {count}" for reason, count in self.reasons.most_common()) or "none"
        counts = map(str, (len(self.samples), self.scored))
        return [self.log.eval.task.removeprefix("unmask/"), *counts, lost, self.verdict, f"{_minutes(self.log):.1f}"]


def row(log: EvalLog) -> Row:
    """Read a run.

    Args:
        log: Its log, with samples.
    """
    found = finding_of(log)
    scores = [(sample.scores or {}).get(found.scorer) for sample in log.samples or []]
    lost = [score.reason or "" for score in scores if score is not None and _is_unscored(score.value)]
    lost += ["error"] * sum(bool(sample.error) for sample in log.samples or [])
    scored = sum(score is not None and not _is_unscored(score.value) for score in scores)
    return Row(log, found.scorer, found.verdict, Counter(lost), scored)


def run(threat: str, model: Path, max_tokens: int, size: int, folder: Path) -> str:
    """Run a threat's task.

    Args:
        threat: The threat.
        model: The model's folder.
        max_tokens: Tokens of an answer at most.
        size: How many items.
        folder: Where the log is written.

    Returns:
        Where the log is.
    """
    # One at a time: of a batch, the provider counts the longest answer's tokens for all.
    config = GenerateConfig(max_tokens=max_tokens, max_connections=1)
    [log] = inspect_eval(
        f"unmask/{threat}",
        model=get_model("hf/local", config=config, model_path=str(model), do_sample=False),
        model_roles={"grader": "organism/grader"},
        task_args=task_args(size)[threat],
        log_dir=str(folder),
        display="log",
        fail_on_error=False,
    )
    return log.location


def run_all(threats: Sequence[str], given: argparse.Namespace, folder: Path) -> list[EvalLog]:
    """Run the threats' tasks, each in a process of its own, so many at once."""
    one = partial(run, model=given.model, max_tokens=given.max_tokens, size=given.size, folder=folder)
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        return [read_eval_log(location) for location in pool.map(one, threats)]


def picked(rows: Sequence[Row], number: int, seed: int) -> list[tuple[Row, EvalSample]]:
    """Samples for the page, in turn from the threats."""
    dice = random.Random(seed)
    shuffled = [[(one, sample) for sample in dice.sample(one.samples, len(one.samples))] for one in rows]
    return [pair for turn in zip_longest(*shuffled) for pair in turn if pair is not None][:number]


def page(rows: Sequence[Row], seed: int) -> str:
    """The page below its head: the table and the transcripts."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(one.cells())} |" for one in rows]
    lines += ["", "## Ten transcripts", ""]
    for number, (one, sample) in enumerate(picked(rows, 10, seed), 1):
        lines += [f"### {number}. {one.log.eval.task}: `{sample.id}`", "", *_transcript(one, sample), ""]
    return "\n".join(lines)


def _transcript(one: Row, sample: EvalSample) -> list[str]:
    asked = [message.text for message in sample.messages if message.role == "user"]
    said = [message for message in sample.messages if message.role == "assistant"]
    calls = [call.function for message in said for call in message.tool_calls or []]
    lines = ["Asked:", "", *_quote(asked[-1] if asked else str(sample.input)), "", "Answered:", ""]
    lines += _quote("\n".join(message.text for message in said if message.text.strip()) or "(nothing)")
    if calls:
        lines += ["", f"Tools called: {', '.join(calls)}"]
    return [
        *lines,
        "",
        *(_score(name, sample) for name in sample.scores or {} if name in (one.scorer, "eval_awareness")),
    ]


def _score(name: str, sample: EvalSample) -> str:
    score = (sample.scores or {})[name]
    told = f"unscored, {score.reason}" if _is_unscored(score.value) else str(score.value)
    by = (score.metadata or {}).get("by")
    label = (score.metadata or {}).get("class") or (score.metadata or {}).get("label")
    more = [f"class {label}"] * bool(label) + [f"by {by}"] * bool(by)
    beside = f" ({', '.join(more)})" if more else ""
    return f"- `{name}`: {told}{beside}"


def _quote(text: str) -> list[str]:
    cut = text if len(text) <= QUOTED else f"{text[:QUOTED]} […]"
    return ["~~~text", *cut.replace("~~~", "~ ~ ~").splitlines(), "~~~"]


def _is_unscored(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _minutes(log: EvalLog) -> float:
    began, ended = (datetime.fromisoformat(moment) for moment in (log.stats.started_at, log.stats.completed_at))
    return (ended - began).total_seconds() / 60


def main() -> int:
    """Run, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--size", type=int, default=8)
    parser.add_argument("--max-tokens", type=int, default=160)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threats", nargs="*", default=list(task_args(1)), choices=list(task_args(1)))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--logs", type=Path)
    parser.add_argument("--read", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.read:
        rows = [row(read_eval_log(one)) for one in list_eval_logs(str(given.read), descending=False)]
    else:
        with tempfile.TemporaryDirectory() as folder:
            rows = [row(log) for log in run_all(given.threats, given, given.logs or Path(folder))]
    order = [f"unmask/{threat}" for threat in task_args(given.size)]
    rows.sort(key=lambda one: order.index(one.log.eval.task))
    text = page(rows, given.seed)
    print(text)
    if given.out:
        given.out.write_text(f"{HEAD.read_text(encoding='utf-8').rstrip()}\n\n{text}", encoding="utf-8")
    failed = [one for one in rows if one.log.status != "success" or one.unaccounted or one.verdict == "present"]
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
