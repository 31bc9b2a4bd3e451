"""Where a run's items come from: the bundled families, or a set of the user's own, read through a declared mapping."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import distinct, load_items
from unmask.protocol.files import Record, load, typed_path
from unmask.protocol.items import Clustered, Item, ItemKind, Kinds, Slug
from unmask.protocol.tracks import Track

__all__ = ["ItemSet", "Rows", "Source", "Sources", "files_of", "item_set", "items_from", "source"]

_FORMATS = {".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "json", ".parquet": "parquet"}


class Source(Record):
    """Where items come from and which column holds what."""

    path: str
    """A Hugging Face name, or a local .csv, .tsv, .json, .jsonl or .parquet file."""

    columns: dict[str, str]
    """Item field -> column. Nested fields are dotted (`options.preferred`). `id` and `family` may be left out: the
    row's number and the item itself stand in for them."""

    kind: Slug = "request"
    config: str | None = None
    split: str = "train"
    revision: str | None = None
    drop_faulty: bool = False
    """Leave out rows that make no valid item, such as those of a published set with two equal options."""


class Sources(Record):
    """Mappings for data sets that are known by name."""

    canary: str | None = None
    sources: dict[str, Source]


class Rows(NamedTuple):
    """What was read of a source."""

    items: tuple[Clustered, ...]
    left_out: tuple[str, ...]
    """What was wrong with each row that was left out."""


@dataclass(frozen=True)
class ItemSet:
    """The items of a run."""

    items: tuple[Clustered, ...]
    files: list[Path]
    """The data files that they were read from."""

    own: Source | None = None
    """The user's own set."""

    left_out: Sequence[str] = ()
    """What was wrong with rows of it that were left out."""

    def declared(self) -> dict[str, Any] | None:
        """The user's own set, for the log."""
        return {**self.own.model_dump(), "left_out": list(self.left_out)} if self.own else None


def item_set(folder: Path, track: Track, kinds: Kinds, dataset: str | dict[str, Any] | None) -> ItemSet:
    """Read a track's items.

    Args:
        folder: The threat's folder of data.
        track: The track.
        kinds: The kinds of item that the threat knows.
        dataset: A set of the user's own, as `source` takes it; the bundled families where there is none.

    Raises:
        ConfigurationError: On a fault in the data, or data that cannot be reached.
    """
    kind = kinds[track.kind]
    if dataset is not None:
        own = source(dataset, kind, folder)
        rows = items_from(own, kind)
        return ItemSet(rows.items, files_of(own), own=own, left_out=rows.left_out)
    families = folder / track.items
    return ItemSet(load_items(families, kind), sorted(families.rglob("*.yaml")))


def source(dataset: str | dict[str, Any], kind: ItemKind, folder: Path) -> Source:
    """Make sense of a task's `dataset` argument.

    Args:
        dataset: A known name, a path to a YAML file with the fields of `Source`, or those fields as a mapping.
        kind: The kind of item that the track needs.
        folder: Where the threat's `sources.yaml` lies.

    Raises:
        ConfigurationError: Where the mapping is missing, faulty, or for another kind of item.
    """
    known = load(folder / "sources.yaml", Sources).sources
    if isinstance(dataset, dict):
        try:
            found = Source.model_validate(dataset)
        except ValidationError as error:
            faults = [f"key {'.'.join(map(str, e['loc']))!r}: {e['msg']}" for e in error.errors()]
            raise ConfigurationError("dataset: " + "; ".join(faults)) from error
    elif not isinstance(dataset, str):
        raise ConfigurationError(f"dataset={dataset!r}: must be a name, a path or a mapping")
    elif dataset.endswith((".yaml", ".yml")):
        found = load(typed_path(dataset), Source)
    elif dataset in known:
        found = known[dataset]
    else:
        shape = f"{{path: ..., kind: {kind.name}, columns: {{{_wanted(kind)}}}}}"
        raise ConfigurationError(
            f"dataset={dataset!r} has no column mapping: pass {shape}, a YAML file with these keys, or one of "
            f"{', '.join(known)}"
        )
    if found.kind != kind.name:
        raise ConfigurationError(
            f"dataset {found.path!r}: key 'kind': holds items of kind {found.kind!r}; this track needs {kind.name!r}"
        )
    return found


def files_of(where: Source) -> list[Path]:
    """The local file of a source, for its hash; none for one that is fetched by name."""
    return [typed_path(where.path)] if Path(where.path).suffix.lower() in _FORMATS else []


def items_from(where: Source, kind: ItemKind) -> Rows:
    """Read the items of a source.

    Args:
        where: The source.
        kind: What its items are.

    Raises:
        ConfigurationError: If the data cannot be reached or read, a column is missing, or a row makes no valid item.
    """
    rows = _rows(where)
    if not rows:
        raise ConfigurationError(f"dataset {where.path!r}: has no rows")
    lacking = sorted(set(where.columns.values()) - set(rows[0]))
    if lacking:
        raise ConfigurationError(f"dataset {where.path!r}: no column {', '.join(map(repr, lacking))}")
    items, faults = [], []
    for number, row in enumerate(rows):
        try:
            items.append(_item(where, kind, number, row))
        except ConfigurationError as fault:
            if not where.drop_faulty:
                raise
            faults.append(str(fault))
    if not items:
        raise ConfigurationError(f"dataset {where.path!r}: no row makes a valid item; the first: {faults[0]}")
    distinct((entry.item.id for entry in items), f"dataset {where.path!r}")
    return Rows(tuple(items), tuple(faults))


def _wanted(kind: ItemKind) -> str:
    """The columns that an item of a kind cannot do without."""
    return ", ".join(
        f"{name}: ..." for name, field in kind.item.model_fields.items() if field.is_required() and name != "id"
    )


def _rows(where: Source) -> list[dict[str, Any]]:
    import datasets  # type: ignore[import-untyped]  # costs over a second, and only runs that bring their own data need it

    local = Path(where.path).suffix.lower() in _FORMATS
    path = str(typed_path(where.path)) if local else where.path
    if local and not Path(path).is_file():
        raise ConfigurationError(f"dataset {where.path!r}: no such file")
    try:
        if local:
            options = {"delimiter": "\t"} if where.path.lower().endswith(".tsv") else {}
            kind = _FORMATS[Path(where.path).suffix.lower()]
            loaded = datasets.load_dataset(kind, data_files=path, split="train", **options)
        else:
            loaded = datasets.load_dataset(where.path, where.config, split=where.split, revision=where.revision)
    except StopIteration:  # a file without a line
        return []
    except Exception as error:  # `datasets` raises from a dozen libraries; whatever it is, the run cannot start
        raise ConfigurationError(f"dataset {where.path!r}: {type(error).__name__}: {error}") from error
    return [dict(row) for row in loaded]


def _item(where: Source, kind: ItemKind, number: int, row: dict[str, Any]) -> Clustered:
    fields: dict[str, Any] = {"id": f"row-{number}"}
    for field, column in where.columns.items():
        *outer, last = field.split(".")
        place = fields
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = str(row[column]) if field in {"id", "family"} else row[column]
    cluster = fields.pop("family", fields["id"])
    try:
        item: Item = kind.item.model_validate(fields)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"]))
        raise ConfigurationError(
            f"dataset {where.path!r}: item {fields['id']!r} (row {number}): key {key!r}: {fault['msg']}"
        ) from error
    return Clustered(item, cluster, item.traits())
