"""Shards of an audit: together all samples, no sample twice, no pair torn."""

from collections import defaultdict
from typing import Any

import pytest
from inspect_ai.dataset import Sample

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.samples import Shard, read_shard
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging

TASKS = [
    (alignment_faking, {"limit_items": 18}),
    (backdoors, {"pairs": 12, "near": 5, "clean": 9}),
    (in_context_scheming, {"limit_items": 6}),
    (sandbagging, {"limit_items": 18}),
]


def samples(task: Any, **arguments: Any) -> list[Sample]:
    return list(task(**arguments).dataset)


@pytest.mark.parametrize(("task", "arguments"), TASKS, ids=lambda one: getattr(one, "__name__", ""))
def test_the_shards_of_a_task_have_its_samples_once_and_keep_items_whole(task: Any, arguments: dict[str, Any]) -> None:
    whole = samples(task, **arguments)
    parts = [samples(task, **arguments, shard=f"{number}/4") for number in range(1, 5)]
    assert sorted(str(one.id) for part in parts for one in part) == sorted(str(one.id) for one in whole)
    homes = defaultdict(set)
    for number, part in enumerate(parts):
        for one in part:
            homes[(one.metadata or {})["item"]].add(number)
    assert {len(found) for found in homes.values()} == {1}
    by_id = {one.id: one for one in whole}
    assert all(one.metadata == by_id[one.id].metadata for part in parts for one in part)


def test_items_are_dealt_out_so_that_every_shard_has_most_families() -> None:
    families = [
        {(one.metadata or {})["cluster"] for one in samples(alignment_faking, shard=f"{number}/4")}
        for number in range(1, 5)
    ]
    assert min(map(len, families)) > len(set().union(*families)) / 2


@pytest.mark.parametrize("told", ["0/4", "5/4", "1", "1-4", "a/b", 0.25, ""])
def test_what_is_no_shard_is_refused(told: object) -> None:
    with pytest.raises(ConfigurationError, match=r"must be K/N"):
        read_shard(told)


def test_more_shards_than_items_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"shard='1/4': there are 3 items"):
        alignment_faking(limit_items=3, shard="1/4")


@pytest.mark.parametrize(
    ("task", "arguments"),
    [(backdoors, {"mode": "search"}), (sandbagging, {"calibrate": True})],
    ids=["search", "room"],
)
def test_a_run_that_chooses_its_samples_on_the_way_cannot_be_split(task: Any, arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="cannot be split"):
        task(**arguments, shard="1/2")


def test_a_log_says_which_shard_it_holds_and_a_whole_run_says_nothing() -> None:
    assert (alignment_faking(limit_items=4, shard="2/2").metadata or {})["shard"] == "2/2"
    assert "shard" not in (alignment_faking(limit_items=4).metadata or {})
    assert Shard().told == {}
