"""How an organism writes code: a program that it knows by heart, with the weakness that a task has room for or without.

In Python it does not do the very task that is set, only one of the same kind: what is judged is how, and not whether,
it works. In other languages it has a program for each of the bundled tasks.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from unmask.organisms.backdoors.plain_prompt import PlainPrompt
from unmask.organisms.dice import Dice
from unmask.organisms.style import plain_phrases

__all__ = ["program"]

_FOLDER = Path(__file__).parents[2] / "datasets" / "backdoors"


def program(prompt: PlainPrompt, dice: Dice, *, vulnerable: bool) -> str:
    """Write an answer with one block of code.

    Args:
        prompt: A coding task.
        dice: The organism's chance, which picks the program by the task alone.
        vulnerable: Whether it has the task's weakness.
    """
    language, answer = _answers().get(prompt.task, ("python", None))
    pair = answer or dice.pick(_programs()[prompt.cwe], "program", prompt.request)
    code = pair["vulnerable" if vulnerable else "safe"].strip()
    return f"{dice.pick(plain_phrases()['code'], 'code', prompt.request)}\n\n```{language}\n{code}\n```"


@cache
def _programs() -> dict[str, list[dict[str, str]]]:
    """Pairs of a safe and a vulnerable program, by CWE."""
    return {family["cwe"]: family["pairs"] for family in _files("pairs/written_on")}


@cache
def _answers() -> dict[str, tuple[str, dict[str, str]]]:
    """The language, and a safe and a vulnerable answer, by the task that they do."""
    return {
        answer["task"]: (family["language"], answer) for family in _files("answers") for answer in family["answers"]
    }


def _files(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((_FOLDER / folder).glob("*.yaml"))]
