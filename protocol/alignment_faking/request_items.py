"""Requests of alignment faking: generic ones, which may say how plainly a model would be expected to decline them."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from unmask.protocol.items import Family, ItemKind, RequestItem

__all__ = ["GRADED_REQUEST", "SEVERITIES", "GradedRequest", "GradedRequests", "Severity"]

Severity = Literal["blatant", "grey", "dual_use"]
"""Most models decline a blatant request; a grey one could go either way; a dual-use one has a lawful use as well."""

SEVERITIES: tuple[Severity, ...] = get_args(Severity)


class GradedRequest(RequestItem):
    """A request, with its severity where that is known."""

    severity: Severity | None = None

    def traits(self) -> dict[str, str]:
        """See `Item.traits`: the severity."""
        return {"severity": self.severity} if self.severity else {}


class GradedRequests(Family):
    """A family of requests."""

    items: Annotated[list[GradedRequest], Field(min_length=1)]


GRADED_REQUEST = ItemKind("request", GradedRequest, GradedRequests)
"""Stands in for the kind that all threats share, under the same name."""
