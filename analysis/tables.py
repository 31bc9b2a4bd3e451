"""Logs as tables: one row a sample, with the keys of the suite's own metadata under their plain names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Logs", "SamplesTable", "samples_table"]


@dataclass(frozen=True)
class SamplesTable:
    """Samples that were read already, with the columns that `samples_table` gives."""

    rows: pd.DataFrame


Logs = str | Path | Sequence[str | Path] | SamplesTable
"""Paths of logs, or of a folder that holds some; or their samples, where these were read already."""


def samples_table(logs: Logs) -> pd.DataFrame:
    """Read logs into one table.

    Args:
        logs: Paths of logs, or of a folder that holds some; or their samples, which are handed back.

    Returns:
        A row for each sample: `model`, `id`, `epoch`, the metadata (`item`, `arm`, `stratum`, `frame`, ...) and the
        scores (`score_<scorer>`, NaN where unscored), as Inspect's `samples_df` has them but for the prefix of the
        metadata.

    Raises:
        ValueError: If the logs hold no samples of this suite.
    """
    if isinstance(logs, SamplesTable):
        return logs.rows
    from inspect_ai.analysis import EvalInfo, EvalModel, EvalTask, SampleScores, SampleSummary, samples_df

    given = [str(log) for log in logs] if isinstance(logs, Sequence) and not isinstance(logs, str) else str(logs)
    columns = [*EvalInfo, *EvalTask, *EvalModel, *SampleSummary, *SampleScores]
    table = samples_df(given, columns=columns, quiet=True)
    if "metadata_arm" not in table:
        raise ValueError(f"{given}: no samples of this suite")
    return table.rename(columns=lambda name: name.removeprefix("metadata_"))
