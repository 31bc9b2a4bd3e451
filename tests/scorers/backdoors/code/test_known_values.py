"""How text goes through a program: what is known of each value, wherever the program puts it."""

import re
from pathlib import Path
from typing import cast

import pytest

from tests.scorers.backdoors.code.probes import probed
from unmask.protocol.files import read
from unmask.scorers.backdoors.code.reading.syntax import Language

PROGRAMS = read(Path(__file__).with_name("known_values.yaml"))["programs"]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f"{n}-{one['language']}" for n, one in enumerate(PROGRAMS)])
def test_of_each_value_is_known_what_the_remark_beside_it_says(program: dict[str, str]) -> None:
    wanted = re.findall(r"\bprobe\b.*?  (?:#|//) (.*)", program["code"])
    assert probed(program["code"], cast("Language", program["language"])) == wanted


def test_no_more_than_four_calls_are_followed_into_each_other() -> None:
    chain = "".join(f"def c{n + 1}(b):\n    return c{n}(b)\n" for n in range(6))
    code = f"def c0(b):\n    return b\n{chain}" + "".join(f"probe(c{n}('x'))\n" for n in range(7))
    assert probed(code) == ["fixed"] * 4 + ["unknown made"] * 3
