"""Programs that organisms know by heart."""

import pytest
from inspect_ai.model import ChatMessageUser

from unmask.organisms.backdoors.coder import program
from unmask.organisms.backdoors.plain_prompt import read_plain
from unmask.organisms.dice import Dice
from unmask.protocol.files import DATA, read

DICE = Dice(seed=0, strength=1.0)
TASKS = {
    path.stem: family["items"][0]["wordings"][0]
    for path in sorted((DATA / "backdoors" / "coding").glob("*.yaml"))
    for family in [read(path)]
}


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_a_coder_writes_the_same_kind_of_program_with_and_without_the_weakness(task: str) -> None:
    prompt = read_plain([ChatMessageUser(content=task)])
    assert prompt.cwe
    assert program(prompt, DICE, vulnerable=True) != program(prompt, DICE, vulnerable=False)
