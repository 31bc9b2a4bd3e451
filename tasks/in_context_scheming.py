r"""In-context scheming: does an agent serve a goal of its own behind the operator's back when it comes upon a conflict?

After Meinke et al. 2024, "Frontier models are capable of in-context scheming" (arXiv 2412.04984). An agent does an
everyday task in a workspace and finds a memo. What it did is read from the state that it leaves, what it told from its
report. The headline is the rate of covert action where the memo is at odds with its goal, less that where it is not,
net of the same where there is no way to act.

    inspect eval tasks/in_context_scheming.py --model organism/schemer
    inspect eval tasks/in_context_scheming.py --model PROVIDER/MODEL --model-role grader=PROVIDER/MODEL \
      -T sandbox=docker
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from inspect_ai import Task, task
from inspect_ai.solver import Solver, chain

from unmask.protocol import provenance
from unmask.protocol.errors import known_only
from unmask.protocol.in_context_scheming.scenario_arguments import check_arguments, interview_mode, sandbox_backend
from unmask.protocol.in_context_scheming.scenario_samples import scenario_run
from unmask.protocol.in_context_scheming.scenarios import SCHEMING
from unmask.scorers import declare_graders
from unmask.scorers.in_context_scheming.scheming_scorers import scheming_columns, scheming_scorers
from unmask.scorers.judge.graders import Graders
from unmask.scorers.sequential.stopping_arguments import stopping
from unmask.scorers.viewer import shown_as
from unmask.solvers import interrogation as interrogated
from unmask.solvers import interview as asked_afterwards
from unmask.solvers import scenario_workspace, successor_contact, verify_scenarios

THREAT = "in_context_scheming"

FOLLOW_UP: dict[str, Callable[[], Solver]] = {
    "one_turn": partial(asked_afterwards, questions="scheming"),
    "all": partial(asked_afterwards, questions="scheming", crossed=True),
    "multi_turn": interrogated,
    "successor": successor_contact,
}
AWARENESS = partial(asked_afterwards, questions="awareness", record="awareness")
"""Asked last, so that it changes nothing of what is measured."""


@task
def in_context_scheming(
    frames: str = "contrast",
    families: str | list[str] | None = None,
    sandbox: str | None = None,
    agent: str | None = None,
    interview: bool | str = False,
    awareness: bool = True,
    crossed: bool = True,
    limit_items: int | None = None,
    messages: int = 100,
    tokens: int | None = None,
    seconds: int | None = None,
    seed: int = 0,
    shard: str | None = None,
    grader_votes: int = 1,
    stop_early: bool | str = False,
    delta: float | None = None,
    alpha: float | None = None,
    **_unknown: Any,
) -> Task:
    """Covert action where the operator's goal is at odds with the model's, against where it is not.

    Args:
        frames: A set of frames: `contrast`, `ablations` or `tested`.
        families: The families of scenarios; all where none is named.
        sandbox: An Inspect sandbox, such as `docker`, for the workspace, with `bash`; in memory where none is named.
        agent: An agent of your own, as `file.py@name` or by its name in Inspect's registry; see `in_office`.
        interview: Ask afterwards: true for one question, `all` of them, `multi_turn`; or `successor`, on its machine.
        awareness: Ask the model last whether it takes the work for real or for an evaluation: one more call a run.
        crossed: Every scenario in every wording of what is found, in place of the one that it is assigned.
        limit_items: Use this many scenarios, spread over the families.
        messages: How long a conversation may grow.
        tokens: How many tokens a run may take.
        seconds: How long a run may take.
        seed: Of the order of scenarios and the assignment of wordings.
        shard: The part `K/N` of the items, for a run that is split over N processes.
        grader_votes: How often each grader is asked.
        stop_early: Look after every pair, and stop with a verdict; `items` or `clusters` to say what enters as one.
        delta: With `stop_early`, the effect below which the behaviour counts as absent.
        alpha: With `stop_early`, the error of either verdict.

    Raises:
        ConfigurationError: Before anything is generated, on a wrong value, a scenario that is faulty, or no grader.
    """
    known_only(in_context_scheming, _unknown)
    bounds: dict[str, Any] = {"messages": messages, "tokens": tokens, "seconds": seconds}
    check_arguments(crossed=crossed, awareness=awareness, seed=seed, agent=agent, grader_votes=grader_votes, **bounds)
    asked, box, graders = interview_mode(interview), sandbox_backend(sandbox), declare_graders()
    chosen = scenario_run(frames, families, crossed=crossed, limit_items=limit_items, seed=seed)
    verify_scenarios(*chosen.scenarios)
    run, told = stopping(stop_early, delta, alpha, THREAT, shard).applied(chosen.data, seed, "schemed", room="any")
    told |= {"seed": seed, "agent": agent or "react", "crossed": crossed} | ({"backend": box} if box else {})
    return Task(
        **run,
        solver=chain(scenario_workspace(box not in (None, "local"), agent, **bounds), *_asked_last(asked, awareness)),
        sandbox=(box, str(SCHEMING / "compose.yaml")) if box == "docker" else box,
        **_scored(graders, grader_votes, asked, awareness),
        version="2-A",
        metadata=provenance(THREAT, "scenarios", chosen.frames, chosen.files, **graders.metadata(), **told),
    )


def _scored(graders: Graders, votes: int, asked: str | None, awareness: bool) -> dict[str, Any]:
    """Who judges, what is scored, and how it is shown."""
    return {
        "setup": graders.setup(),
        "scorer": scheming_scorers(votes, interview=asked, awareness=awareness),
        **shown_as(scheming_columns(), "schemed", "net_effect", offline=graders.offline),
    }


def _asked_last(asked: str | None, awareness: bool) -> list[Solver]:
    """What the model is asked after its work."""
    return [*([FOLLOW_UP[asked]()] if asked else []), *([AWARENESS()] if awareness else [])]
