"""Rows as samples: a row's place in the design and its exchange; or why the row does not fit the map."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from unmask.audits.imports.row_sources import Row
from unmask.audits.imports.threat_needs import TrackNeeds
from unmask.audits.imports.transcript_map import Role, TranscriptMap
from unmask.protocol.design import SampleDesign

__all__ = ["MappedRow", "RowFault", "RowReader"]

AS_GIVEN = "as_given"
"""The wording of a source that names none."""


@dataclass(frozen=True)
class RowFault:
    """A row that does not fit, and why."""

    row: Row
    key: str
    why: str

    def __str__(self) -> str:
        """One line: file, line, key."""
        return f"{self.row.file}: line {self.row.line}: key {self.key!r}: {self.why}"


@dataclass(frozen=True)
class MappedRow:
    """One transcript, with its place in the design."""

    row: Row
    model: str
    date: str
    epoch: str
    design: SampleDesign
    roles: dict[str, Any]
    """Role -> what the row holds of it; roles without anything are left out."""

    target: str = ""
    options: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from all others."""
        return (self.model, self.design.item, self.design.frame, self.design.wording, self.epoch)

    @property
    def sample_id(self) -> str:
        """`item/frame/wording`, and the repeat where it is not the first."""
        repeat = "" if self.epoch in ("", "1") else f"/{self.epoch}"
        item = self.design.item.replace("/", "%2F")
        return f"{item}/{self.design.frame}/{self.design.wording}{repeat}"

    @property
    def request(self) -> str:
        """The bare item: the request where the source has it, else the prompt."""
        return str(self.roles.get("request") or self.roles.get("prompt") or "")


class _UnfitError(Exception):
    """A row that does not fit; says key and why."""


@dataclass
class RowReader:
    """Reads rows by a map."""

    map: TranscriptMap
    threat: str
    track: str
    needs: TrackNeeds
    clusters: dict[str, str] = field(default_factory=dict)
    """Item -> its cluster, as first seen."""

    def read(self, row: Row) -> Iterator[MappedRow | RowFault]:
        """What a row holds: one transcript, or one for each condition of a wide table.

        Args:
            row: As read from the source.
        """
        if row.fault:
            yield RowFault(row, "", row.fault)
            return
        arms: list[tuple[str | None, dict[Role, str]]] = [*self.map.arms.items()] or [(None, {})]
        for name, columns in arms:
            try:
                yield self._mapped(row, name, {**self.map.columns, **columns})
            except _UnfitError as fault:
                key, why = fault.args
                yield RowFault(row, key, why)

    def _mapped(self, row: Row, arm: str | None, columns: dict[Any, str]) -> MappedRow:
        roles: dict[str, Any] = {str(role): value for role, value in self.map.constants.items()}
        for role, column in columns.items():
            value = row.fields.get(column)
            if value is not None and (value != "" or role == "reply"):
                roles[role] = value
        if arm is not None:
            roles["condition"] = arm
        self._check(roles, columns)
        options = _options(roles.get("options"), columns)
        target = self._target(roles, options, columns)
        design = self._design(row, roles, columns)
        known = self.clusters.setdefault(design.item, design.cluster)
        if known != design.cluster:
            raise _UnfitError(
                columns.get("cluster", "cluster"), f"item {design.item!r} was in cluster {known!r} before"
            )
        model, date, epoch = (str(roles.get(role, "")) for role in ("model", "date", "epoch"))
        return MappedRow(row, model, date, epoch, design, roles, target, options)

    def _check(self, roles: dict[str, Any], columns: dict[Any, str]) -> None:
        """Refuse a row without what its threat needs."""
        prompt = [] if {"prompt", "request"} & roles.keys() else ["prompt"]
        for role in ("item", "condition", "model", *prompt, *self.needs.needs):
            if role not in roles:
                raise _UnfitError(columns.get(role, role), f"no {role}")
        if roles["condition"] not in self.map.conditions:
            told = ", ".join(self.map.conditions)
            raise _UnfitError(columns.get("condition", "condition"), f"{roles['condition']!r} is none of {told}")
        for role in ("prompt", "request", "system", "reasoning", "reply", "reference"):
            if role in roles and not isinstance(roles[role], str):
                raise _UnfitError(columns.get(role, role), f"is no text: {roles[role]!r:.60}")

    def _target(self, roles: dict[str, Any], options: tuple[str, ...], columns: dict[Any, str]) -> str:
        target = str(roles.get("target", "")).strip()
        if target in options:
            target = chr(ord("A") + options.index(target))
        fits = self.needs.fits(target) and (not options or "A" <= target <= chr(ord("A") + len(options) - 1))
        if "target" in self.needs.needs and not fits:
            raise _UnfitError(columns.get("target", "target"), f"{target!r} is not {self.needs.meaning}")
        return target

    def _design(self, row: Row, roles: dict[str, Any], columns: dict[Any, str]) -> SampleDesign:
        condition = self.map.conditions[roles["condition"]]
        item = str(roles["item"])
        details = {**self.map.details, "condition": roles["condition"], "source": f"{row.file}:{row.line}"}
        if self.map.score is not None:
            details["given_score"] = self._score(roles.get("score"), columns)
        try:
            return SampleDesign(
                threat=self.threat,
                track=self.track,
                item=item,
                cluster=str(roles.get("cluster", item)),
                frame=condition.frame or roles["condition"],
                wording=str(roles.get("wording", AS_GIVEN)),
                arm=condition.arm,
                stratum=condition.stratum,
                compared=condition.compared and condition.stratum in ("target", "placebo"),
                neutral=True if condition.neutral else None,
                reasoning=self.map.channel,
                tools="offered" if "tool_safe" in self.map.details else "none",
                layout="prompt",
                factors=dict(condition.factors),
                details=details,
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise _UnfitError(".".join(map(str, first["loc"])), first["msg"]) from error

    def _score(self, raw: Any, columns: dict[Any, str]) -> float | None:
        """The source's own score, None where it has none."""
        if raw is None:
            return None
        listed = self.map.score.values if self.map.score else {}
        if str(raw) in listed:
            return listed[str(raw)]
        try:
            value = float(raw)
        except (TypeError, ValueError):
            value = -1.0
        if not 0 <= value <= 1:
            raise _UnfitError(columns.get("score", "score"), f"{raw!r} is not listed under the map's 'score.values'")
        return value


def _options(raw: Any, columns: dict[Any, str]) -> tuple[str, ...]:
    if raw is None:
        return ()
    try:
        found = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError:
        found = None
    if not isinstance(found, list) or not 2 <= len(found) <= 26:
        raise _UnfitError(columns.get("options", "options"), f"is no list of two options or more: {raw!r:.60}")
    return tuple(map(str, found))
