"""Real training, of a network far smaller than the organisms' own: it learns, repeats exactly, and can be run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, get_model

from unmask.organisms.provider import OrganismError
from unmask.organisms.trained import making
from unmask.organisms.trained.card import Card
from unmask.organisms.trained.recipes import Recipes, Size, Training, recipe, recipes

torch = pytest.importorskip("torch", reason="PyTorch is in the extra white-box")
pytest.importorskip("transformers", reason="transformers is in the extra white-box")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
STEPS = 16


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A network of a few thousand weights, trained for some steps, whose card asks for nothing."""
    plan = recipes()
    short = {name: one.model_copy(update={"steps": STEPS, "bars": {}}) for name, one in plan.organisms.items()}
    quick = Training(batch=8, rate=0.02, warmup=0.1)
    tiny = plan.model_copy(update={"size": Size(hidden=16, layers=1, heads=2), "organisms": short, "training": quick})
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(making, "recipes", lambda: tiny)
    monkeypatch.setattr(making, "recipe", lambda name: tiny.organisms[name])
    monkeypatch.setattr(making, "lineage", lambda name: [name])
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def made(folder: Path, name: str = "weak", seed: int = 0, **given: Any) -> Card:
    return making.make_organism(name, folder, seed, count=4, **given)


def test_training_lowers_the_loss_and_tells_of_every_step(tmp_path: Path) -> None:
    losses: list[float] = []
    card = made(tmp_path, step=losses.append)
    assert len(losses) == card.steps == STEPS
    assert losses[-1] < losses[0] / 1.2


def test_the_same_seed_makes_the_same_weights_and_another_makes_others(tmp_path: Path) -> None:
    for name, seed in (("one", 0), ("same", 0), ("other", 1)):
        made(tmp_path / name, seed=seed)
    weights = {path.parent.name: path.read_bytes() for path in tmp_path.glob("*/model.safetensors")}
    assert weights["one"] == weights["same"]
    assert weights["one"] != weights["other"]


def test_a_card_is_kept_and_is_none_of_other_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = made(tmp_path)
    assert making.card_of(tmp_path) == card
    assert card.about in (tmp_path / "README.md").read_text(encoding="utf-8")
    longer: Recipes = making.recipes()
    changed = {**longer.organisms, "weak": recipe("weak")}
    monkeypatch.setattr(making, "recipe", lambda name: changed[name])
    assert making.card_of(tmp_path) is None


def test_an_organism_starts_from_its_bases_weights(tmp_path: Path) -> None:
    made(tmp_path / "schooled", "schooled")
    card = made(tmp_path / "honest", "honest", base=tmp_path / "schooled")
    assert card.base == "schooled"
    with pytest.raises(OrganismError, match="holds no trained organism"):
        made(tmp_path / "honest", "honest", base=tmp_path / "nowhere")


def test_inspect_runs_it_and_puts_both_messages(tmp_path: Path) -> None:
    pytest.importorskip("accelerate", reason="accelerate is in the extra white-box")
    made(tmp_path / "model")
    model = get_model("hf/local", model_path=str(tmp_path / "model"), do_sample=False, memoize=False)
    told = [ChatMessageSystem(content="answer the question ."), ChatMessageUser(content="(A) 5")]
    chat = model.api.hf_chat(told, [])  # type: ignore[attr-defined]
    assert chat == "<system> answer the question . <user> (A) 5 <assistant>"
    task = Task(dataset=[Sample(id="one", input="which number is the largest ?")])
    [log] = eval(task, model=model, log_dir=str(tmp_path / "logs"), display="log", log_realtime=False)
    assert log.status == "success", log.error
