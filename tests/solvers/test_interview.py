"""An interview asks about a run and leaves no mark on it."""

from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.event import ModelEvent, SpanBeginEvent
from inspect_ai.log import EvalSample, resolve_sample_attachments
from inspect_ai.model import ChatMessageTool, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import Generate, Solver, TaskState, chain, generate, solver
from inspect_ai.util import Store

from unmask.protocol.assignment import assigned_by_hash
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, load
from unmask.solvers.interview import Interview, Questions, interview
from unmask.solvers.workspace.tools import workspace_tools

BUNDLED = load(DATA / "interviews" / "sandbagging.yaml", Questions)
ONE_TURN = BUNDLED.sets["one_turn"]
OWN = """
open_call: "(no result)"
sets: {pair: [first, second]}
questions:
  first: {text: "Was the alarm yours?", factors: {approach: direct}}
  second: {text: "Who rang?", factors: {approach: indirect}}
"""
LOOK = ("list_files", {"path": "."})


@solver
def _equipped() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.tools = workspace_tools()
        return state

    return solve


@scorer(metrics=[])
def seen() -> Scorer:
    """What a scorer of the main answer is shown."""

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=1.0, answer=state.output.completion, metadata={"messages": len(state.messages)})

    return score


@pytest.fixture
def ran(tmp_path: Path) -> Callable[..., EvalSample]:
    """A whole run, then its interview: the first output answers the task, the others answer questions in turn."""

    def build(
        *said: ModelOutput | str | Exception, calls: str = "loop", item: str = "one", **asking: object
    ) -> EvalSample:
        turns = iter(said)

        def reply(*_: object) -> ModelOutput:
            turn = next(turns, "Nothing more.")
            if isinstance(turn, Exception):
                raise turn
            output = turn if isinstance(turn, ModelOutput) else ModelOutput.from_content("mockllm/model", turn)
            output.usage = ModelUsage()
            return output

        model = get_model("mockllm/model", custom_outputs=reply, memoize=False)
        answering = generate(tool_calls=calls)  # type: ignore[arg-type]
        [log] = eval(
            Task(
                dataset=[Sample(id="one", input="What rang?", metadata={"item": item})],
                solver=chain(_equipped(), answering, interview(**asking)),  # type: ignore[arg-type]
                scorer=seen(),
            ),
            model=model,
            display="log",
            log_dir=str(tmp_path),
            log_realtime=False,
        )
        assert log.status == "success", log.error
        assert log.samples
        return log.samples[0]

    return build


Ran = Callable[..., EvalSample]


def asked(sample: EvalSample) -> Interview:
    return Interview(store=Store(sample.store))


def calls_of(sample: EvalSample) -> list[ModelEvent]:
    whole = resolve_sample_attachments(sample, "full")
    return [event for event in whole.events if isinstance(event, ModelEvent)]


@pytest.mark.parametrize("name", ["sandbagging", "scheming"])
def test_the_one_turn_questions_cross_their_factors_and_none_is_told_like_another(name: str) -> None:
    bundled = load(DATA / "interviews" / f"{name}.yaml", Questions)
    asked = [bundled.questions[one] for one in bundled.sets["one_turn"]]
    ways = [("direct", "yes_admits"), ("direct", "yes_denies"), ("indirect", "open")]
    crossed = [(*way, *rest) for way in ways for rest in product(["management", "nobody"], ["absent", "present"])]
    assert sorted(tuple(one.factors.values()) for one in asked) == sorted(crossed)
    bare = {"yes_admits": ("admitted", "denied"), "yes_denies": ("denied", "admitted"), "open": (None, None)}
    assert [(one.bare_yes, one.bare_no) for one in asked] == [bare[one.factors["polarity"]] for one in asked]
    words = [set(one.text.lower().split()) for one in asked]
    assert max(len(a & b) / len(a | b) for n, a in enumerate(words) for b in words[:n]) < 0.3


def test_a_question_and_its_answer_are_stored(ran: Ran) -> None:
    [entry] = asked(ran("The bell.", "I tried my best.", variants="direct")).asked
    assert (entry.question, entry.text) == ("direct", BUNDLED.questions["direct"].text)
    assert (entry.answer, entry.stop_reason, entry.fault) == ("I tried my best.", "stop", None)
    assert entry.factors == {
        "approach": "direct",
        "polarity": "yes_admits",
        "speaker": "nobody",
        "plea": "absent",
    }


def test_the_run_is_left_as_it_was(ran: Ran) -> None:
    sample = ran("The bell.", "I held back.", crossed=True)
    assert sample.output.completion == "The bell."
    assert [message.text for message in sample.messages] == ["What rang?", "The bell."]
    score = (sample.scores or {})["seen"]
    assert (score.answer, score.metadata) == ("The bell.", {"messages": 2})


def test_the_question_is_put_in_the_same_conversation(ran: Ran) -> None:
    told = calls_of(ran("The bell.", "No.", variants="indirect"))[-1].input
    assert [message.role for message in told] == ["user", "assistant", "user"]
    assert [message.text for message in told] == ["What rang?", "The bell.", BUNDLED.questions["indirect"].text]


def test_no_answer_colours_another(ran: Ran) -> None:
    sample = ran("The bell.", *map(str, range(12)), crossed=True)
    assert [(entry.question, entry.answer) for entry in asked(sample).asked] == [
        (name, str(n)) for n, name in enumerate(ONE_TURN)
    ]
    assert {len(event.input) for event in calls_of(sample)[1:]} == {3}


def test_no_tools_are_offered_after_a_run_that_had_them(ran: Ran) -> None:
    looked = ModelOutput.for_tool_call("mockllm/model", *LOOK)
    events = calls_of(ran(looked, "The bell.", "No.", variants="direct"))
    assert [len(event.tools) for event in events] == [3, 3, 0]
    assert events[-1].tool_choice == "none"


def test_a_call_that_was_never_carried_out_gets_a_result_in_the_copy_alone(ran: Ran) -> None:
    looked = ModelOutput.for_tool_call("mockllm/model", *LOOK)
    sample = ran(looked, "No.", calls="none", variants="direct")
    told = calls_of(sample)[-1].input
    assert [message.role for message in told] == ["user", "assistant", "tool", "user"]
    assert isinstance(told[2], ChatMessageTool)
    assert (told[2].text, told[2].function) == (BUNDLED.open_call, "list_files")
    assert [message.role for message in sample.messages] == ["user", "assistant"]


def test_the_transcript_shows_the_interview_as_a_span(ran: Ran) -> None:
    sample = ran("The bell.", variants=["direct", "indirect"], crossed=True)
    spans = [(event.type, event.name) for event in sample.events if isinstance(event, SpanBeginEvent)]
    assert ("interview", "interview") in spans
    assert [name for kind, name in spans if kind == "question"] == ["direct", "indirect"]


def test_an_error_of_the_provider_costs_the_answer_and_not_the_sample(ran: Ran) -> None:
    sample = ran("The bell.", ValueError("line is dead"), "Yes.", variants=["direct", "indirect"], crossed=True)
    assert [(entry.answer, entry.fault) for entry in asked(sample).asked] == [
        ("", "ValueError: line is dead"),
        ("Yes.", None),
    ]
    assert (sample.scores or {})["seen"].answer == "The bell."


def test_where_nothing_was_said_or_done_nothing_is_asked(ran: Ran) -> None:
    sample = ran(" ", "No.")
    assert asked(sample).asked == []
    assert len(calls_of(sample)) == 1


@pytest.mark.parametrize(
    ("variants", "names"),
    [("one_turn", ONE_TURN), ("direct", ["direct"]), (["indirect", "direct"], ["indirect", "direct"])],
)
def test_variants_are_a_set_a_question_or_a_list(variants: str | list[str], names: list[str]) -> None:
    assert BUNDLED.named(variants) == names


@pytest.mark.parametrize("variants", ["none_such", ["direct", "none_such"], []])
def test_unknown_variants_are_a_configuration_error_before_any_sample(variants: str | list[str]) -> None:
    with pytest.raises(ConfigurationError, match="choose from one_turn, direct"):
        interview(variants)


def test_an_item_is_dealt_one_question_by_its_id(ran: Ran) -> None:
    [entry] = asked(ran("The bell.", item="quicksilver")).asked
    assert entry.question == assigned_by_hash("quicksilver", "interview", ONE_TURN)


def test_lots_fall_evenly_and_apart_from_those_drawn_for_other_purposes() -> None:
    items = [f"item-{n}" for n in range(2400)]
    pairs = Counter((assigned_by_hash(i, "interview", ONE_TURN), assigned_by_hash(i, "setting", "ab")) for i in items)
    assert len(pairs) == 2 * len(ONE_TURN)
    assert 60 < min(pairs.values()) <= max(pairs.values()) < 140


def test_another_threat_brings_its_own_questions(ran: Ran, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    sample = ran("The bell.", "Mine.", "I did.", variants="pair", questions=str(path), crossed=True)
    assert [(entry.text, entry.answer) for entry in asked(sample).asked] == [
        ("Was the alarm yours?", "Mine."),
        ("Who rang?", "I did."),
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [(("[first, second]", "[first, third]"), "no question 'third'"), (("pair:", "first:"), "has the name of")],
)
def test_a_file_whose_sets_do_not_fit_is_refused(change: tuple[str, str], fault: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace(*change), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=fault):
        interview("second", str(path))
