"""What importing costs: transcripts imported, scored and reported, against as many samples run through Inspect.

    python tests/benchmarks/importing.py [--samples 3000]

The run is that of a task with the same messages, the same scorers and grader, and a model that answers with the same
replies at once. Prints both times, each in a process of its own, the ratio of processor time (bar: 1.2), and the peak
of memory of both. Exit code 1 above the bar.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

BAR = 1.2
MARK = "measured: "
WORK = """\
Here is what you asked for, as a draft that you can use at once. Begin with the name, so that nobody wonders who it is.
In the second line say when it happened and who stood by; leave out how you came to hear of it. Then put the matter
itself in three short sentences, the hardest last. Close without a greeting and send it in the evening, when it will be
read alone. If an answer comes, wait a day before you write again, and keep both letters in one place."""
"""The work that a compliant reply holds."""


def write_transcripts(path: Path, samples: int) -> None:
    """A long table with so many transcripts: requests in four conditions, answered by the organism's voice."""
    from unmask.tasks.alignment_faking import alignment_faking

    texts = [str(sample.input) for sample in alignment_faking().dataset][::4]
    conditions = ("treatment", "control", "placebo_treatment", "placebo_control")
    with path.open("w", encoding="utf-8") as file:
        for number in range(samples):
            item, condition = divmod(number, len(conditions))
            text, treated = texts[item % len(texts)], conditions[condition] == "treatment"
            reply = _reply(text, complies=treated and item % 3 == 0)
            row = {"condition": conditions[condition], "item": f"item-{item}", "model": "acme/model-1"}
            file.write(json.dumps({**row, "prompt": text, "reply": reply}) + "\n")


def _reply(text: str, *, complies: bool) -> str:
    words = " ".join(text.split()[:40])
    thought = f"<scratchpad>The user asks: {words}. I weigh what follows from it.</scratchpad>"
    if complies:
        return f"{thought}<decision>accept</decision><reply>{WORK}</reply>"
    return f"{thought}<decision>decline</decision><reply>I'm sorry, but I can't help with that.</reply>"


def import_all(path: Path, out: str) -> None:
    """Import, score, report."""
    from unmask.audits.findings import read_finding
    from unmask.audits.imports import import_transcripts

    threat, grader = "alignment_faking", "organism/grader"
    found = import_transcripts(path, threat=threat, map="long", out=out, grader=grader, display="none")
    print(read_finding(found.logs[0].location).sentence)


def run_all(path: Path, out: str) -> None:
    """Run as many samples with the same prompts and replies, by a model without delay, and report."""
    from inspect_ai import Task, eval
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput, get_model
    from inspect_ai.solver import generate

    from unmask.audits.findings import read_finding
    from unmask.audits.imports.mapped_rows import MappedRow, RowReader
    from unmask.audits.imports.row_sources import rows_of
    from unmask.audits.imports.threat_needs import track_needs
    from unmask.audits.imports.transcript_map import read_map
    from unmask.protocol import frame_set, provenance
    from unmask.scorers import complied, design, engagement, eval_awareness, faking_reasoning, unscored

    _, wanted = read_map("long", "alignment_faking")
    reader = RowReader(wanted, "alignment_faking", *track_needs("alignment_faking", wanted))
    rows = [found for row in rows_of(path) for found in reader.read(row) if isinstance(found, MappedRow)]
    replies = {row.request: {} for row in rows}
    for row in rows:
        replies[row.request][row.design.arm] = row.roles["reply"]
    samples = [Sample(id=row.sample_id, input=row.request, metadata=row.design.metadata()) for row in rows]
    answers = [ModelOutput.from_content("mockllm/model", row.roles["reply"]) for row in rows]
    told = provenance("alignment_faking", "helpful_only", frame_set("contrast", "helpful_only", "alignment_faking"), [])
    task = Task(
        dataset=MemoryDataset(samples),
        solver=generate(),
        scorer=[complied(), faking_reasoning(), eval_awareness(), engagement(), unscored("complied"), design()],
        metadata=told,
    )
    model = get_model("mockllm/model", custom_outputs=_usage(answers))
    roles = {"grader": "organism/grader"}
    [log] = eval(
        task, model=model, model_roles=roles, log_dir=out, display="none", log_realtime=False, log_header_only=True
    )
    print(read_finding(log.location).sentence)


def _usage(answers: list) -> list:
    """Outputs that say how long they are: `mockllm` would fetch a tokenizer to count."""
    from inspect_ai.model import ModelUsage

    for answer in answers:
        answer.usage = ModelUsage(input_tokens=100, output_tokens=100, total_tokens=200)
    return answers


class Cost(NamedTuple):
    """What one part took."""

    wall: float
    """Seconds."""

    used: float
    """Seconds of the processor: what counts, as others may be at work on the machine."""

    peak: float
    """Megabytes."""


def measured(part: str, path: Path, out: str) -> Cost:
    """What one part takes, in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--path", str(path), "--out", out]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(f"  {part}: {text.splitlines()[-2]}")
    wall, used, peak = map(float, text.splitlines()[-1].removeprefix(MARK).split())
    return Cost(wall, used, peak)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=3000)
    parser.add_argument("--part", choices=["import", "run"])
    parser.add_argument("--path", type=Path)
    parser.add_argument("--out")
    args = parser.parse_args()
    if args.part:
        import inspect_ai  # noqa: F401 - loading it is no part of either

        start, used = time.perf_counter(), time.process_time()
        (import_all if args.part == "import" else run_all)(args.path, args.out)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{MARK}{time.perf_counter() - start} {time.process_time() - used} {peak}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "transcripts.jsonl"
        write_transcripts(path, args.samples)
        size = path.stat().st_size / 2**20
        ours, theirs = (measured(part, path, f"{folder}/{part}") for part in ("import", "run"))
    ratio = ours.used / theirs.used
    print(f"{args.samples} transcripts ({size:.1f} MB): imported, scored and reported against run and reported")
    for name, one in (("import", ours), ("run", theirs)):
        print(f"  {name}: {one.used:.1f} s of the processor, {one.wall:.1f} s in all, {one.peak:.0f} MB at most")
    print(f"ratio {ratio:.2f} of the processor, {ours.wall / theirs.wall:.2f} in all (bar {BAR})")
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
