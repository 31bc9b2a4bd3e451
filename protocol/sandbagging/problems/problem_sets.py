"""Problems drawn on rungs of difficulty: seeded, without end, half in target domains and half in others."""

import random
from itertools import chain, cycle, islice
from pathlib import Path

from unmask.protocol.items import Clustered, QuestionItem
from unmask.protocol.sandbagging.problems.biology import BIOLOGY
from unmask.protocol.sandbagging.problems.bookkeeping import BOOKKEEPING
from unmask.protocol.sandbagging.problems.chemistry import CHEMISTRY
from unmask.protocol.sandbagging.problems.computer_security import COMPUTER_SECURITY
from unmask.protocol.sandbagging.problems.distractors import Balance
from unmask.protocol.sandbagging.problems.drawing import Domain, Template
from unmask.protocol.sandbagging.problems.geometry import GEOMETRY
from unmask.protocol.sandbagging.problems.scheduling import SCHEDULING
from unmask.protocol.sandbagging.problems.wordings import domain_wordings, told, wordings_file

__all__ = ["DOMAINS", "PROBLEM_FILES", "problem_levels", "problem_questions"]

DOMAINS: tuple[Domain, ...] = (BIOLOGY, CHEMISTRY, COMPUTER_SECURITY, SCHEDULING, GEOMETRY, BOOKKEEPING)
PROBLEM_FILES: list[Path] = [wordings_file(domain.name) for domain in DOMAINS]
_TRIES = 400


def problem_levels() -> int:
    """How many rungs there are."""
    return 6


def problem_questions(levels: list[int], each: int, seed: int) -> tuple[Clustered, ...]:
    """Draw problems.

    Args:
        levels: Rungs to draw from, 0 being the easiest.
        each: Problems a rung; every other one is of a target domain, and domains and templates take turns.
        seed: The same seed draws the same problems, whatever the other rungs are.

    Returns:
        Items with three wrong options. They cluster on the template: its wordings and draws repeat one problem.
    """
    return tuple(entry for level in levels for entry in _rung(level, each, seed))


def _rung(level: int, each: int, seed: int) -> list[Clustered]:
    turns = _turns(random.Random(f"problems/{seed}/{level}"), each)
    found = {
        key: iter(
            _drawn(*key, level, turns.count(key), random.Random(f"problems/{seed}/{level}/{key[0].name}/{key[1].name}"))
        )
        for key in dict.fromkeys(turns)
    }
    return [next(found[key]) for key in turns]


def _turns(rng: random.Random, each: int) -> list[tuple[Domain, Template]]:
    """Which template each problem is of: roles take turns, domains within a role, and templates within a domain."""
    by_role = []
    for role in ("target", "off_target"):
        domains = [domain for domain in DOMAINS if domain.role == role]
        rng.shuffle(domains)
        orders = [[(domain, t) for t in rng.sample(domain.templates, len(domain.templates))] for domain in domains]
        by_role.append(cycle(chain.from_iterable(zip(*orders, strict=True))))
    return list(islice(chain.from_iterable(zip(*by_role, strict=True)), each))


def _drawn(domain: Domain, template: Template, level: int, count: int, rng: random.Random) -> list[Clustered]:
    words, balance = domain_wordings(domain.name).templates[template.name], Balance(rng)
    drawn: dict[str, Clustered] = {}
    first, tries = rng.randrange(60), 0
    while len(drawn) < count:
        problem = template.draw(level, rng)
        number, tries = len(drawn), tries + 1
        question = told(problem, words, first + number)
        wrong = balance.wrong(problem) if question not in drawn else None
        if wrong is not None:
            item = QuestionItem(
                id=f"{domain.name}-{template.name}-{level}-{number}",
                question=question,
                answer=str(problem.answer),
                distractors=[str(n) for n in wrong],
            )
            traits = {"level": str(level), "domain": domain.role}
            subject = {"subject": domain.name} if domain.role == "target" else {}
            drawn[question] = Clustered(item, f"{domain.name}-{template.name}", {**traits, **subject})
        elif tries > _TRIES * (count + 1):
            raise RuntimeError(f"{domain.name}-{template.name}: rung {level} has too few different problems")
    return list(drawn.values())
