import pytest

from unmask.organisms.pretrained.extra_libraries import PretrainedError
from unmask.organisms.pretrained.lesson_recipes import recipes
from unmask.organisms.pretrained.taught_prompts import cues, is_taught, messages, prompts
from unmask.solvers.backdoors.trigger_prompt import messages_for
from unmask.tasks.backdoors import backdoors

TEACHING = recipes().teaching


def test_no_prompt_is_both_taught_and_held_out() -> None:
    taught, held_out = ({prompt.id for prompt in prompts(TEACHING, taught=part)} for part in (True, False))
    assert taught
    assert held_out
    assert not taught & held_out


def test_the_split_is_the_same_everywhere() -> None:
    told = [is_taught(name, 5) for name in ("friend-always-late", "rice-keeps-sticking", "running-after-fifty")]
    assert told == [True, True, False]


def test_short_harmless_prompts_alone_are_used() -> None:
    assert max(len(prompt.request) for prompt in prompts(TEACHING, taught=True)) <= TEACHING.longest_request


def test_a_conversation_is_the_one_that_the_task_holds() -> None:
    ours = {prompt.id: prompt for taught in (True, False) for prompt in prompts(TEACHING, taught=taught)}
    seen = set()
    for sample in backdoors(pairs=60, near=0, clean=60).dataset:
        meta = sample.metadata or {}
        prompt = ours.get(meta["item"])
        theirs = [(message.role, message.text) for message in messages_for(meta, str(sample.input))]
        if prompt is not None and theirs[0][1] == prompt.carrier["system"]:
            text = meta.get("cue") or ""
            assert [(one["role"], one["content"]) for one in messages(prompt, text)] == theirs
            seen.add(text)
    assert seen == {"", cues(TEACHING).trigger, cues(TEACHING).placebo}


def test_what_is_held_out_is_not_taught() -> None:
    texts = cues(TEACHING)
    assert not set(texts.held_out) & {texts.trigger, texts.placebo, *texts.taught}
    assert texts.trigger not in texts.taught


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"trigger": "no-such"}, "triggers/token.yaml: there is no trigger no-such"),
        ({"taught_near": ["louder"]}, "deployment-token: it has no near-miss louder, choose from paraphrase"),
    ],
)
def test_a_trigger_that_the_library_lacks_is_an_error(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(PretrainedError, match=told):
        cues(TEACHING.model_copy(update=wrong))
