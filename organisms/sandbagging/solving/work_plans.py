"""Projects with predecessors and lines of machines."""

import re
from functools import cache

from unmask.organisms.sandbagging.solving.problem_text import (
    ProblemKind,
    Working,
    is_asked,
    listed,
    rows_of_figures,
)

__all__ = ["FLOW_SHOP", "PRECEDENCE"]

_Network = dict[str, tuple[int, list[tuple[str, int]]]]


def _network(question: str) -> _Network:
    """Each task's days, and its predecessors with their lags."""
    tasks: _Network = {}
    for name, days, after in listed(r"Task (\w+): (\d+) days?, (?:no predecessor|after (.*))", question):
        before = re.findall(r"(\w+)(?: \+ (\d+))?(?:, |$)", after)
        tasks[name] = (int(days), [(task, int(lag or 0)) for task, lag in before if task])
    return tasks


def _length(network: _Network, longer: str = "", by: int = 0) -> int:
    """The length of the project, with one task made longer."""

    @cache
    def end(task: str) -> int:
        days, before = network[task]
        start = max((end(other) + lag for other, lag in before), default=0)
        return start + days + (by if task == longer else 0)

    return max(end(task) for task in network)


def _precedence(question: str) -> Working:
    """Floats by experiment: a task made so long that the project hangs on it, less what that adds to the project."""
    network = _network(question)
    length = _length(network)
    steps = len(network) + sum(len(before) for _, before in network.values())
    if not is_asked(r"total float|latest finish|latest start", question):
        return length, steps
    much = 10**6
    return sum(length + much - _length(network, task, much) for task in network), 2 * steps


def _flow_shop(question: str) -> Working:
    """Plays the line minute by minute."""
    jobs = rows_of_figures(r"Job \d+", question)
    machines = len(jobs[0])
    done, left = [0] * (machines + 1), [0] * machines
    done[0] = len(jobs)
    minute = 0
    while done[-1] < len(jobs):
        for machine in range(machines):
            if not left[machine] and done[machine + 1] < done[machine]:
                left[machine] = jobs[done[machine + 1]][machine]
        for machine in range(machines):
            if left[machine]:
                left[machine] -= 1
                done[machine + 1] += not left[machine]
        minute += 1
    return minute, len(jobs) * machines


PRECEDENCE = ProblemKind(r"^Task \w+: \d+ days?, ", _precedence, 5, 180)
FLOW_SHOP = ProblemKind(r"^Job \d+: \d+, ", _flow_shop, 4, 96)
