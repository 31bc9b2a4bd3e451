"""The most memory that a run of many samples takes, beside a bare Inspect task of the same shape.

    python tests/benchmarks/overhead/memory.py --epochs 5 14 44 [--json FILE]

A run of `alignment_faking` in all wordings has 2304 samples an epoch, so that 44 epochs are 100,000 and more. One run
each of ours and of the bare task, beside each other (bar of the ratio: 1.2); what both took of the processor is printed
too. Exit code 1 above the bar.
"""

import argparse
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.overhead.overhead import Ratio, against_bare, cost  # noqa: E402

BAR = 1.2
TASK = "alignment_faking"


def peaks(epochs: list[int], folder: Path) -> list[Ratio]:
    """The ratio of the peaks for each number of epochs.

    Args:
        epochs: The numbers.
        folder: For logs.
    """
    samples, ours, theirs = against_bare(TASK, ["-T", "crossed=true"], "organism/aligned", folder)
    found = []
    for count in epochs:
        with ThreadPoolExecutor(2) as both:  # a peak is the same whatever runs beside it
            runs = [both.submit(cost, [*told, "--epochs", str(count)], *rest) for told, *rest in (ours, theirs)]
        a, b = (run.result() for run in runs)
        name, ratio = f"peak memory of {TASK}, {samples * count} samples", a.peak / b.peak
        found.append(Ratio(name, a.peak, b.peak, ratio, ratio, ratio, BAR))
        print(found[-1], f"processor {a.used:.0f} against {b.used:.0f} s", sep="; ", file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, nargs="+", default=[5])
    parser.add_argument("--json", type=Path, help="write the figures there too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = peaks(asked.epochs, Path(folder))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=1), encoding="utf-8")
    return int(any(one.value > one.bar for one in found))


if __name__ == "__main__":
    sys.exit(main())
