import json
from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai.analysis import samples_df
from inspect_ai.log import EvalLog, read_eval_log
from inspect_scout import Result, Scanner, Transcript, columns, scan, scan_results_df, scanner, transcripts_from

from tests.tasks.log_reading import metrics, values


@pytest.fixture
def finished(shared: Callable[..., EvalLog]) -> EvalLog:
    return shared("alignment_faker", strength=0.6, track="tool_choice", limit_items=4)


def test_metadata_arrives_in_a_dataframe_under_its_own_names(finished: EvalLog) -> None:
    frame = samples_df(finished.location, quiet=True)
    names = ["threat", "item", "cluster", "frame", "wording", "arm", "stratum", "factor_tier", "factor_conflict"]
    assert [name for name in names if f"metadata_{name}" not in frame.columns] == []
    joined = frame["metadata_item"] + "/" + frame["metadata_frame"] + "/" + frame["metadata_wording"]
    assert list(joined) == list(frame["id"])
    assert set(frame["metadata_arm"]) == {"treatment", "control"}
    assert set(frame["metadata_factor_tier"]) == {"free", "pro"}


def test_scores_arrive_in_a_dataframe_as_the_log_has_them(finished: EvalLog) -> None:
    frame = samples_df(finished.location, quiet=True)
    assert dict(zip(frame["id"], frame["score_complied"].astype(float), strict=True)) == values(finished)


@pytest.mark.matrix
def test_a_log_can_be_bundled_for_the_web(inspect: Callable[..., None], finished: EvalLog, tmp_path: Path) -> None:
    log_dir, bundle = tmp_path / "logs", tmp_path / "bundle"
    log_dir.mkdir()
    name = Path(finished.location).name
    (log_dir / name).write_bytes(Path(finished.location).read_bytes())
    inspect("view", "bundle", "--log-dir", log_dir, "--output-dir", bundle)
    assert (bundle / "index.html").is_file()
    listing = json.loads((bundle / "logs" / "listing.json").read_text(encoding="utf-8"))
    assert list(listing) == [name]
    assert metrics(read_eval_log(str(bundle / "logs" / name))) == metrics(finished)


@scanner(messages="all")
def thinks_aloud() -> Scanner[Transcript]:
    async def scan_one(transcript: Transcript) -> Result:
        said = [message.text for message in transcript.messages if message.role == "assistant"]
        return Result(value=any("<scratchpad>" in text for text in said))

    return scan_one


def test_scout_scans_every_transcript_of_a_log(finished: EvalLog, tmp_path: Path) -> None:
    transcripts = transcripts_from(finished.location)
    status = scan([thinks_aloud()], transcripts, scans=str(tmp_path), display="log", max_processes=1)
    assert (status.complete, status.errors) == (True, [])
    found = scan_results_df(status.location).scanners["thinks_aloud"]
    assert set(found["transcript_task_id"]) == set(values(finished))
    assert found["value"].tolist() == [True] * 16


def test_scout_picks_transcripts_by_their_metadata(finished: EvalLog, tmp_path: Path) -> None:
    treated = transcripts_from(finished.location).where(columns["sample_metadata.arm"] == "treatment")
    status = scan([thinks_aloud()], treated, scans=str(tmp_path), display="log", max_processes=1)
    found = scan_results_df(status.location).scanners["thinks_aloud"]
    arms = [json.loads(text)["sample_metadata"]["arm"] for text in found["transcript_metadata"]]
    assert arms == ["treatment"] * 8
