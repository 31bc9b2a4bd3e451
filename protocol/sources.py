"""Items of the user's own: a Hugging Face data set or a local file, read by `datasets` through a declared mapping."""

from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import distinct
from unmask.protocol.files import DATA, Record, load
from unmask.protocol.items import ChoiceItem, Clustered, CodingItem, Item, Kind, QuestionItem, RequestItem, ToolItem

__all__ = ["Rows", "Source", "Sources", "files_of", "items_from", "source"]

_FORMATS = {".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "json", ".parquet": "parquet"}
_ITEMS: dict[Kind, type[RequestItem] | type[ChoiceItem] | type[ToolItem] | type[QuestionItem] | type[CodingItem]] = {
    "request": RequestItem,
    "choice": ChoiceItem,
    "tool": ToolItem,
    "question": QuestionItem,
    "coding": CodingItem,
}


class Source(Record):
    """Where items come from and which column holds what."""

    path: str
    """A Hugging Face name, or a local .csv, .tsv, .json, .jsonl or .parquet file."""

    columns: dict[str, str]
    """Item field -> column. Nested fields are dotted (`options.preferred`). `id` and `family` may be left out: the
    row's number and the item itself stand in for them."""

    kind: Kind = "request"
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


def source(dataset: str | dict[str, Any], kind: Kind, folder: Path = DATA / "alignment_faking") -> Source:
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
        found = load(Path(dataset), Source)
    elif dataset in known:
        found = known[dataset]
    else:
        shape = f"{{path: ..., kind: {kind}, columns: {{{_wanted(kind)}}}}}"
        raise ConfigurationError(
            f"dataset={dataset!r} has no column mapping: pass {shape}, a YAML file with these keys, or one of "
            f"{', '.join(known)}"
        )
    if found.kind != kind:
        raise ConfigurationError(
            f"dataset {found.path!r}: holds items of kind {found.kind!r}; this track needs {kind!r}"
        )
    return found


def files_of(where: Source) -> list[Path]:
    """The local file of a source, for its hash; none for one that is fetched by name."""
    return [Path(where.path)] if Path(where.path).suffix.lower() in _FORMATS else []


def items_from(where: Source) -> Rows:
    """Read the items of a source.

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
            items.append(_item(where, number, row))
        except ConfigurationError as fault:
            if not where.drop_faulty:
                raise
            faults.append(str(fault))
    if not items:
        raise ConfigurationError(f"dataset {where.path!r}: no row makes a valid item; the first: {faults[0]}")
    distinct((entry.item.id for entry in items), f"dataset {where.path!r}")
    return Rows(tuple(items), tuple(faults))


def _wanted(kind: Kind) -> str:
    """The columns that an item of a kind cannot do without."""
    fields = _ITEMS[kind].model_fields if kind in _ITEMS else {}
    return ", ".join(f"{name}: ..." for name, field in fields.items() if field.is_required() and name != "id")


def _rows(where: Source) -> list[dict[str, Any]]:
    import datasets  # type: ignore[import-untyped]  # costs over a second, and only runs that bring their own data need it

    local = Path(where.path).suffix.lower() in _FORMATS
    if local and not Path(where.path).is_file():
        raise ConfigurationError(f"dataset {where.path!r}: no such file")
    try:
        if local:
            options = {"delimiter": "\t"} if where.path.lower().endswith(".tsv") else {}
            kind = _FORMATS[Path(where.path).suffix.lower()]
            loaded = datasets.load_dataset(kind, data_files=where.path, split="train", **options)
        else:
            loaded = datasets.load_dataset(where.path, where.config, split=where.split, revision=where.revision)
    except StopIteration:  # a file without a line
        return []
    except Exception as error:  # `datasets` raises from a dozen libraries; whatever it is, the run cannot start
        raise ConfigurationError(f"dataset {where.path!r}: {type(error).__name__}: {error}") from error
    return [dict(row) for row in loaded]


def _item(where: Source, number: int, row: dict[str, Any]) -> Clustered:
    fields: dict[str, Any] = {"id": f"row-{number}"}
    for field, column in where.columns.items():
        *outer, last = field.split(".")
        place = fields
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = str(row[column]) if field in {"id", "family"} else row[column]
    cluster = fields.pop("family", fields["id"])
    try:
        item: Item = _ITEMS[where.kind].model_validate(fields)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"]))
        raise ConfigurationError(
            f"dataset {where.path!r}: item {fields['id']!r} (row {number}): key {key!r}: {fault['msg']}"
        ) from error
    return Clustered(item, cluster, item.traits())
