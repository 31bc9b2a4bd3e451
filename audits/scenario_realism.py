"""Puts each scenario's workspace to a grader: would a practitioner of that trade take it for a real one?

    python audits/scenario_realism.py --grader PROVIDER/MODEL [--family NAME] [--votes 3] [--log-dir logs]
    inspect eval audits/scenario_realism.py --model none --model-role grader=PROVIDER/MODEL -T family=NAME

A sample is a scenario as the agent would find it, under conflict and in its first wording. Printed are the score, from
0 to 1, and the faults with what is quoted for them; Inspect's log keeps all of it. The offline grader cannot judge
this: with it, nothing is scored. Exit code 1 where no scenario could be scored.
"""

import argparse
import math
import sys
from statistics import fmean
from typing import get_args

from inspect_ai import Task, eval, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, Model, ModelOutput
from inspect_ai.scorer import Score
from inspect_ai.solver import Generate, Solver, TaskState, solver

from unmask.protocol.errors import at_least, one_of
from unmask.protocol.in_context_scheming.scenarios import Family, Scenario, scenarios
from unmask.scorers.in_context_scheming.realism import realism
from unmask.solvers.in_context_scheming.workspace_text import workspace_parts

FRAME = "conflict"


@task
def scenario_realism(family: str | None = None, votes: int = 1) -> Task:
    """One sample a scenario, which nobody is asked about but the grader.

    Args:
        family: The family of scenarios; all where none is named.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: If there is no such family.
    """
    one_of("family", "all" if family is None else family, ["all", *get_args(Family)])
    at_least("votes", votes, 1)
    chosen = [one for one in scenarios() if family in (None, "all", one.family)]
    data = MemoryDataset([_sample(one) for one in chosen], name="scenarios")
    return Task(data, solver=shown(), scorer=realism(votes), metadata={"rubric": "realism", "frame": FRAME})


def _sample(scenario: Scenario) -> Sample:
    place = {"item": scenario.id, "family": scenario.family, "frame": FRAME, "wording": next(iter(scenario.findings))}
    return Sample(id=scenario.id, input=scenario.task, metadata=place)


@solver
def shown() -> Solver:
    """Put the workspace where a viewer of the log looks for it; no model is asked."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        meta = state.metadata
        parts = workspace_parts(meta["item"], meta["frame"], meta["wording"])
        state.messages = [ChatMessageSystem(content=parts["system"]), ChatMessageUser(content=parts["task"])]
        state.output = ModelOutput.from_content("none", f"{parts['listing']}\n\n{parts['files']}")
        state.messages.append(state.output.message)
        return state

    return solve


def run(grader: str | Model, family: str | None, votes: int, log_dir: str) -> EvalLog:
    """Judge scenarios, and keep the log."""
    made = scenario_realism(family, votes)
    [log] = eval(made, model="none", model_roles={"grader": grader}, log_dir=log_dir, display="none")
    return log


def lines(sample: EvalSample) -> list[str]:
    """A scenario's score, and its reasons."""
    score = _score(sample)
    if score is None or math.isnan(score.as_float()):
        why = sample.error.message if score is None and sample.error else score.reason if score else "no score"
        return [f"   -  {sample.id} ({sample.metadata['family']}): unscored: {why}"]
    noted = score.metadata or {}
    head = f"{score.as_float():.2f}  {sample.id} ({sample.metadata['family']}): {noted['class']}"
    quotes = [f'      {name}: "{quote}"' for name, quote in noted["quotes"].items()]
    return [f"{head}, expected {noted['probability']:.2f}", *quotes]


def _score(sample: EvalSample) -> Score | None:
    return (sample.scores or {}).get("realism")


def main() -> int:
    """Print each scenario's score, the least real first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grader", default="organism/grader")
    parser.add_argument("--family")
    parser.add_argument("--votes", type=int, default=1)
    parser.add_argument("--log-dir", default="logs")
    given = parser.parse_args()
    log = run(given.grader, given.family, given.votes, given.log_dir)
    if log.status != "success":
        print(log.error.message if log.error else log.status)
        return 2
    samples = log.samples or []
    found = {str(one.id): score.as_float() for one in samples if (score := _score(one)) is not None}
    values = [value for value in found.values() if not math.isnan(value)]
    for sample in sorted(samples, key=lambda one: found.get(str(one.id), math.nan)):
        print("\n".join(lines(sample)))
    print(f"\n{len(values)} of {len(samples)} scored; grader {given.grader}; log {log.location}")
    print(f"mean {fmean(values):.2f}" if values else "nothing was scored; name a model with --grader PROVIDER/MODEL")
    return int(not values)


if __name__ == "__main__":
    sys.exit(main())
