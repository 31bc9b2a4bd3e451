"""Probes, directions and noise on the weights of trained organisms, with the controls that such evidence needs.

    unmask organisms train --all --out trained
    python tests/benchmarks/activations/white_box.py --models trained [--logs DIR] [--noise NAME ...] [--out FILE.md]

Needs the extra `white-box`. What is compared stands in datasets/organisms/trained/white_box.yaml. With `--logs`
finished runs are kept and not made again. No outcome is expected, and none sets the exit code: the page says what
failed.
"""

import argparse
import os
import tempfile
from pathlib import Path

from contrasts import ASKED, results, swept
from page import page

HEAD = Path(__file__).parents[3] / "docs" / "organisms" / "white_box.head.md"


def main() -> None:
    """Look, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Path("trained"), help="Folder of the organisms.")
    parser.add_argument("--logs", type=Path, help="Folder of the runs; a passing one where it is left out.")
    parser.add_argument("--noise", nargs="*", default=list(ASKED.noise.organisms), help="Organisms to sweep.")
    parser.add_argument("--out", type=Path, help="File that the page is written to.")
    given = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with tempfile.TemporaryDirectory() as passing:
        logs = given.logs or Path(passing)
        noise = {name: swept(name, given.models, logs) for name in given.noise}
        text = page(list(results(given.models, logs)), noise)
    print(text)
    if given.out:
        given.out.write_text(f"{HEAD.read_text(encoding='utf-8').rstrip()}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
