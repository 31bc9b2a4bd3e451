"""What a report costs beyond reading the same columns with Inspect's `samples_df`, in processes of their own.

    python tests/benchmarks/report.py [--logs 100] [--samples 1000] [--base 100]

Makes logs of an organism with many samples, then reads them with `samples_df`, with `read_report` (all figures, no
transcript) and makes the whole report (ten transcripts a finding, figures, page). Prints the times, in all and of the
processor, their ratios to the first, and the most memory that each took. With `--base`, `samples_df` reads only so many
of the logs and its times are multiplied; it takes as long for each. Exit code 1 where the reading or the report takes
over 1.5 times as much of the processor as `samples_df`, or over 2 GB.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMES, GIGABYTES = 1.5, 2.0
PARTS = ("samples_df", "reading", "report")


def make_logs(folder: Path, logs: int, samples: int) -> None:
    """Write logs whose samples are copies of an organism's, under items and ids of their own, without events."""
    from inspect_ai import eval
    from inspect_ai.log import read_eval_log, write_eval_log
    from inspect_ai.model import get_model

    from unmask.tasks.alignment_faking import alignment_faking

    model = get_model("organism/alignment_faker", memoize=False)
    [made] = eval(alignment_faking(limit_items=10), model=model, log_dir=str(folder / "source"), display="none")
    log = read_eval_log(made.location)
    source = log.samples or []
    log.samples = []
    for number in range(samples):
        one, again = source[number % len(source)], number // len(source)
        item = f"{one.metadata['item']}-{again}"
        told = {**one.metadata, "item": item}
        new_id = str(one.id).replace(str(one.metadata["item"]), item, 1)
        log.samples.append(one.model_copy(update={"id": new_id, "metadata": told, "events": [], "uuid": new_id}))
    for number in range(logs):
        log.eval.eval_id = f"eval-{number:04}"  # `samples_df` drops what it has seen before, by these ids
        log.eval.task_id = f"task-{number:04}"  # and a report takes logs of one task id for retries of one run
        log.samples = [one.model_copy(update={"uuid": f"{number}-{one.id}"}) for one in log.samples]
        write_eval_log(log, folder / "logs" / f"log-{number:04}.eval")


def run(part: str, folder: str, logs: int, base: int, samples: int) -> None:
    """One part in this process; prints seconds, seconds of the processor, and gigabytes."""
    import inspect_ai.analysis  # noqa: F401 - neither side pays for the import

    import unmask.audits.report
    from unmask.analysis.tables import samples_table

    start, busy = time.perf_counter(), time.process_time()
    if part == "samples_df":
        assert len(samples_table(sorted(Path(folder, "logs").iterdir())[:base])) == base * samples
    elif part == "reading":
        assert len(unmask.audits.report.read_report([f"{folder}/logs"], quotes=0).results.findings) == logs
    else:
        assert len(unmask.audits.report.write_report([f"{folder}/logs"], f"{folder}/out").findings) == logs
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    print(json.dumps([seconds, busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2]))


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=100)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--base", type=int)
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    base = asked.base or asked.logs
    if asked.part:
        run(*asked.part, asked.logs, base, asked.samples)
        return 0
    found: dict[str, tuple[float, float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        make_logs(Path(folder), asked.logs, asked.samples)
        for part in PARTS:
            size = ["--logs", str(asked.logs), "--samples", str(asked.samples), "--base", str(base)]
            command = [sys.executable, __file__, *size, "--part", part, folder]
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            seconds, busy, memory = json.loads(told.stdout.splitlines()[-1])
            times = asked.logs / base if part == "samples_df" else 1
            seconds, busy = seconds * times, busy * times
            found[part] = seconds, busy, memory
            wall, processor = (
                mine / theirs for mine, theirs in zip(found[part][:2], found["samples_df"][:2], strict=True)
            )
            print(f"{part}: {seconds:.1f} s ({busy:.1f} s of the processor), {memory:.2f} GB;", end=" ")
            print(f"{wall:.2f} ({processor:.2f}) times samples_df", flush=True)
    ours = [found[part] for part in PARTS[1:]]
    return int(any(busy > TIMES * found["samples_df"][1] or memory > GIGABYTES for _, busy, memory in ours))


if __name__ == "__main__":
    sys.exit(main())
