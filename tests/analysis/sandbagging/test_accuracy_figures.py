"""Accuracy along the levels, drawn from logs of organisms, and the table that it is drawn from."""

from pathlib import Path

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.model import get_model

from unmask.analysis.figures import OFFLINE
from unmask.analysis.sandbagging.accuracy_figures import ARMS, accuracy_by_level
from unmask.analysis.tables import samples_table
from unmask.tasks.sandbagging import sandbagging

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("logs")
    model = get_model("organism/sandbagger", strength=0.5, memoize=False)
    inspect_eval(sandbagging(items_per_level=1), model=model, log_dir=str(folder), display="log", log_realtime=False)
    return str(folder)


def test_a_log_is_a_table_with_plain_names(log: str) -> None:
    table = samples_table(log)
    assert len(table) == 9 * 4
    assert {"model", "item", "arm", "stratum", "frame", "level", "score_correct"} <= set(table.columns)
    assert set(table["model"]) == {"organism/sandbagger"}


def test_the_figure_has_a_panel_a_model_a_line_an_arm_and_says_that_it_is_offline(log: str) -> None:
    figure = accuracy_by_level([str(path) for path in Path(log).glob("*.eval")])
    [axes] = figure.axes
    assert axes.get_title() == "organism/sandbagger"
    assert set(axes.get_legend_handles_labels()[1]) == set(ARMS.values())
    assert OFFLINE in [" ".join(text.get_text().split()) for text in figure.texts]


def test_the_heights_are_the_shares_of_the_log(log: str) -> None:
    table = samples_table(log)
    target = table[(table["stratum"] == "target") & (table["arm"] == "control")]
    shares = target.groupby("level")["score_correct"].mean().tolist()
    [axes] = accuracy_by_level(log).axes
    drawn = [list(line.get_ydata()) for line in axes.get_lines() if len(line.get_xdata()) == 9]
    assert shares in [[float(y) for y in heights] for heights in drawn]


def test_logs_of_another_kind_are_refused(tmp_path: Path) -> None:
    inspect_eval(
        Task([Sample(input="a")]), model="mockllm/model", log_dir=str(tmp_path), display="log", log_realtime=False
    )
    with pytest.raises(ValueError, match="no samples of this suite"):
        accuracy_by_level(str(tmp_path))
