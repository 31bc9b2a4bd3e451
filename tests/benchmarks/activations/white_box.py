"""Probes, directions and noise on the weights of trained organisms, with the controls that such evidence needs.

    unmask organisms train --all --out trained
    python tests/benchmarks/activations/white_box.py --models trained [--logs DIR] [--noise NAME ...] \
        [--processes 1] [--out FILE.md]

Needs the extra `white-box`. What is compared stands in datasets/organisms/trained/white_box.yaml. With `--logs`
finished runs are kept and not made again. No outcome is expected, and none sets the exit code: the page says what
failed.
"""

import argparse
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from contrasts import ASKED, looked_at, swept
from page import page

HEAD = Path(__file__).parents[3] / "docs" / "organisms" / "white_box.head.md"


def _looked(given: argparse.Namespace, logs: Path) -> str:
    """The page below its head; the sweeps, which take longest, are begun first."""
    pairs = [(contrast, name) for contrast in ASKED.contrasts for name in contrast.organisms]
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        sweeps = pool.map(partial(swept, models=given.models, logs=logs), given.noise)
        found = pool.map(partial(looked_at, models=given.models, logs=logs), *zip(*pairs, strict=True))
        noise = dict(zip(given.noise, sweeps, strict=True))
        return page(list(found), noise)


def main() -> None:
    """Look, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, default=Path("trained"), help="Folder of the organisms.")
    parser.add_argument("--logs", type=Path, help="Folder of the runs; a passing one where it is left out.")
    parser.add_argument("--noise", nargs="*", default=list(ASKED.noise.organisms), help="Organisms to sweep.")
    parser.add_argument("--processes", type=int, default=1, help="What is looked at at once.")
    parser.add_argument("--out", type=Path, help="File that the page is written to.")
    given = parser.parse_args()
    os.environ |= {
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }  # more threads are no faster for networks of this size
    with tempfile.TemporaryDirectory() as passing:
        text = _looked(given, given.logs or Path(passing))
    print(text)
    if given.out:
        given.out.write_text(f"{HEAD.read_text(encoding='utf-8').rstrip()}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
