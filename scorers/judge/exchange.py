"""The exchange as a judge is shown it, and read back from the prompt of a log."""

import re

__all__ = ["read_exchange"]

_PART = re.compile(r"^<(\w+)( id=\"\w+\")?>\n(.*?)\n</\1(?(2)\2)>$", re.DOTALL | re.MULTILINE)
"""A part between two lines that name it, with the mark that both carry; logs of earlier versions have none."""


def read_exchange(prompt: str) -> dict[str, str]:
    """The parts of the exchange in a judge's prompt, as `JudgePrompt.render` made it.

    Args:
        prompt: The user message.
    """
    _, _, exchange = prompt.partition("\n# The exchange\n")
    return {found[1]: found[3] for found in _PART.finditer(exchange)}
