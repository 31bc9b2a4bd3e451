"""What the suite costs beyond Inspect itself, in whole processes run in turn.

    python tests/benchmarks/overhead.py [--runs 5]

Prints the ratio of a run of `alignment_faking` to that of a bare task with the same messages and as many trivial
scorers (bar: 1.15), and what importing the task adds to importing inspect_ai (bar: 0.3 s). Exit code 1 above a bar.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from unmask.protocol.frames import frame_set
from unmask.protocol.tracks import render_prompt, tracks
from unmask.tasks.alignment_faking import alignment_faking

ROOT = Path(__file__).parents[2]
SAMPLES_AT_LEAST = 1000


def seconds(command: list[str]) -> float:
    """Wall time of a whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def write_messages(path: Path) -> int:
    """Write the messages of a crossed default run, and say how many there are."""
    chosen = frame_set("contrast", "helpful_only", "alignment_faking")
    frames = {frame.name: frame for frame in chosen.frames}
    rows = []
    for sample in alignment_faking(crossed=True).dataset:
        meta = sample.metadata or {}
        wording, frame = chosen.wordings[meta["wording"]], frames[meta["frame"]]
        layout = render_prompt(
            tracks("alignment_faking"), "helpful_only", "scratchpad", wording, frame, str(sample.input)
        )
        rows.append({"id": sample.id, "system": layout.system, "user": layout.user})
    path.write_text(json.dumps(rows), encoding="utf-8")
    return len(rows)


def compare(runs: int, ours: list[str], theirs: list[str]) -> tuple[list[float], list[float]]:
    """Times of two commands, run in turn after one run each that does not count."""
    times = [(seconds(ours), seconds(theirs)) for _ in range(runs + 1)][1:]
    return [a for a, _ in times], [b for _, b in times]


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BARE_SAMPLES"] = str(Path(folder) / "samples.json")
        count = write_messages(Path(os.environ["BARE_SAMPLES"]))
        assert count >= SAMPLES_AT_LEAST
        shared = ["--model", "organism/aligned", "--display", "none", "--log-dir", folder]
        inspect = str(Path(sys.executable).parent / "inspect")
        ours = [inspect, "eval", "tasks/alignment_faking.py", "-T", "crossed=true", *shared]
        a, b = compare(runs, ours, [inspect, "eval", "tests/benchmarks/bare.py", *shared])
    ratio = median(x / y for x, y in zip(a, b, strict=True))
    print(f"{count} samples: {median(a):.2f} s against {median(b):.2f} s bare; ratio {ratio:.3f} (bar 1.15)")
    with_task, without = compare(
        runs,
        [sys.executable, "-c", "import inspect_ai, unmask.tasks.alignment_faking"],
        [sys.executable, "-c", "import inspect_ai"],
    )
    added = median(with_task) - median(without)
    print(f"import: {median(with_task):.2f} s against {median(without):.2f} s; adds {added:.2f} s (bar 0.30 s)")
    return int(ratio > 1.15 or added > 0.3)


if __name__ == "__main__":
    sys.exit(main())
