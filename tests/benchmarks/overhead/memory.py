"""The most memory that a run of many samples takes, beside a bare Inspect task of the same shape.

    python tests/benchmarks/overhead/memory.py --epochs 5 14 44 [--json FILE]

A run of `alignment_faking` in all wordings has 2304 samples an epoch, so that 44 epochs are 100,000 and more. One run
each of ours and of the bare task (bar of the ratio: 1.2). Exit code 1 above the bar.
"""

import argparse
import json
import sys
import tempfile
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
        a, b = (cost([*command, "--epochs", str(count)], *rest).peak for command, *rest in (ours, theirs))
        name = f"peak memory of {TASK}, {samples * count} samples"
        found.append(Ratio(name, a, b, a / b, a / b, a / b, BAR))
        print(found[-1], flush=True)
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
