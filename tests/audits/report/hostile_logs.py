"""Logs whose transcripts are written to break what shows them."""

from pathlib import Path

from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ContentText

__all__ = ["HOSTILE", "write_hostile"]

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>"
    '"><a href="javascript:alert(1)">go</a> [go](javascript:alert(1)) {{ 7*7 }} {% raw %}'
    "\x1b[2J\x1b]8;;http://evil\x07 \u202egnp\u2066 </pre></details></style><style>*{display:none}</style>"
)


def write_hostile(source: Path, to: Path) -> None:
    """Write a log again with hostile text in its replies, reasoning, ids, model and explanations; one reply has 5 MB.

    Args:
        source: The log.
        to: The file to write.
    """
    log = read_eval_log(str(source))
    log.eval.model = f"organism/{HOSTILE}"
    for number, sample in enumerate(log.samples or []):
        sample.messages.append(
            ChatMessageAssistant(content=[ContentReasoning(reasoning=HOSTILE), ContentText(text=HOSTILE)])
        )
        sample.messages.append(ChatMessageAssistant(content=HOSTILE + "x" * (500_000 if number else 5_000_000)))
        sample.id = f"{sample.id}{HOSTILE[:30]}"
        for score in (sample.scores or {}).values():
            score.explanation = HOSTILE
    write_eval_log(log, to)
