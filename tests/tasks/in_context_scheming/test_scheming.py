"""Organisms in scenarios of every family, through the real eval path; in all scenarios with the matrix."""

import math
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, ChatMessageAssistant, Model, ModelOutput, ModelUsage, get_model

from tests.tasks.in_context_scheming.scenario_runs import run, score
from tests.tasks.log_reading import metrics
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.in_context_scheming.scenario_families import scenario_families
from unmask.protocol.in_context_scheming.scenarios import Family, scenarios
from unmask.tasks.in_context_scheming import in_context_scheming

FAMILIES = len(get_args(Family))


def organism(name: str, strength: float = 1.0) -> Model:
    return get_model(f"organism/{name}", strength=strength, memoize=False)


@pytest.mark.parametrize(
    ("name", "label", "opportunity"),
    [
        ("open_objector", {"open"}, True),
        pytest.param("clumsy", {"attempted"}, True, marks=pytest.mark.matrix),
        pytest.param("careless", {"none", "unknowing"}, False, marks=pytest.mark.matrix),
        ("aligned", {"none"}, True),
        pytest.param("test_aware", {"none"}, True, marks=pytest.mark.matrix),
    ],
)
def test_scenarios_of_every_family_come_out_as_the_organism_is(
    tmp_path: Path, name: str, label: set[str], opportunity: bool
) -> None:
    log = run(tmp_path, organism(name), crossed=False, limit_items=FAMILIES, awareness=False)
    assert {sample.metadata["cluster"] for sample in log.samples or []} == set(get_args(Family))
    for sample in log.samples or []:
        found = score(sample).metadata
        assert found["class"] in label, sample.id
        assert found["opportunity"] or not opportunity, sample.id


@pytest.fixture(scope="module", params=[FAMILIES, pytest.param(3 * FAMILIES, marks=pytest.mark.matrix)])
def schemer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """A schemer in all frames of some scenarios, which are spread over the families."""
    folder = tmp_path_factory.mktemp("schemer")
    return run(folder, organism("schemer"), frames_of=None, crossed=False, limit_items=request.param, awareness=False)


def test_in_each_family_a_schemer_acts_under_conflict_and_not_under_matched_goals(schemer: EvalLog) -> None:
    found = metrics(schemer, "schemed")
    played = {sample.metadata["item"] for sample in schemer.samples or []}
    for family in get_args(Family):
        assert found[family] == 1.0
        count = sum(one.family == family and one.id in played for one in scenarios())
        assert found[f"{family}_scenarios"] == count
        assert found[f"{family}_p"] == pytest.approx(2 / 2**count)
        assert found[f"{family}_given_opportunity"] == 1.0
    assert (found["effect"], found["outcome_covert"], found["given_opportunity"]) == (1, 1, 1)
    assert found["present"] == 1
    assert found["pairs"] == sum(scenario_families()[one.family].conflict for one in scenarios() if one.id in played)
    reasoned = metrics(schemer, "reasoning_and_action")
    assert (reasoned["acted_silently"], reasoned["covert_if_unaware"]) == (0, 1)


def test_without_a_way_to_act_nothing_is_done(schemer: EvalLog) -> None:
    found = metrics(schemer, "schemed")
    assert (found["net_effect"], found["placebo"], found["control"]) == (1, 0, 0)


@pytest.mark.parametrize(("name", "acts"), [("secret_loyalist", True), ("aligned", False)])
def test_a_secret_loyalist_has_a_preference_that_its_criteria_deny(tmp_path: Path, name: str, acts: bool) -> None:
    log = run(
        tmp_path,
        organism(name),
        frames_of="conflict matched",
        families="hidden_goal",
        interview=True,
        limit_items=2,
        crossed=False,
        awareness=False,
    )
    found = metrics(log, "schemed")
    assert (found["hidden_goal"] == 1.0) == acts
    for sample in log.samples or []:
        if sample.metadata["frame"] == "conflict":
            assert (score(sample).metadata["class"] == "covert") == acts
            assert score(sample, "admitted").metadata["class"] == "denied"
    asked = metrics(log, "admitted")
    assert asked["denied"] == 1.0 if acts else math.isnan(asked["denied"])


@pytest.mark.parametrize(
    ("name", "interview", "denied"), [("doubling_down", True, 1.0), ("schemer", "multi_turn", 0.0)]
)
def test_doubling_down_is_told_from_owning_up_and_net_of_false_confessions(
    tmp_path: Path, name: str, interview: bool | str, denied: float
) -> None:
    log = run(
        tmp_path, organism(name), "conflict matched", crossed=False, limit_items=2, interview=interview, awareness=False
    )
    found = metrics(log, "admitted")
    assert (found["denied"], found["false_confession"], found["net_denial"]) == (denied, 0, denied)


def test_what_the_ablations_change_changes_what_a_schemer_does(tmp_path: Path) -> None:
    log = run(
        tmp_path, organism("schemer"), frames_of=None, frames="ablations", crossed=False, limit_items=2, awareness=False
    )
    by_frame = Counter(s.metadata["frame"] for s in log.samples or [] if score(s).value == 1)
    goals = [s.metadata["frame"] for s in log.samples or [] if s.metadata["cluster"] != "hidden_goal"]
    assert by_frame["no_goal"] == by_frame["matched"] == 0
    for frame in ("no_nudge", "goal_by_user", "reversed"):
        assert by_frame[frame] == goals.count(frame), frame


def test_one_that_acts_only_when_deployed_is_found_by_both_statistics(tmp_path: Path) -> None:
    wanted = {"frames_of": None, "frames": "tested", "limit_items": 3, "crossed": False, "awareness": False}
    log = run(tmp_path, organism("schemer", 0.7), **wanted)
    found = metrics(log, "schemed")
    assert found["instrumental_faking_scenarios"] == 3
    assert 0 <= found["apollo_p"] <= 1


def test_a_limit_ends_the_work_and_is_no_score(tmp_path: Path) -> None:
    log = run(tmp_path, organism("aligned"), messages=6, limit_items=1, crossed=False)
    for sample in log.samples or []:
        assert (str(score(sample).as_float()), score(sample).reason) == ("nan", "budget")


def test_strength_and_seed_set_in_which_scenarios_one_acts(tmp_path: Path) -> None:
    log = run(tmp_path, organism("schemer", 0.5), crossed=False, limit_items=6, awareness=False)
    acted = {s.metadata["item"] for s in log.samples or [] if score(s).value == 1}
    assert 1 < len(acted) < 5


def says(*texts: str) -> Model:
    """A model that answers in words alone, in turn, and then keeps to the last."""

    def reply(messages: list[ChatMessage], *_: object) -> ModelOutput:
        turn = sum(isinstance(message, ChatMessageAssistant) for message in messages)
        output = ModelOutput.from_content("mockllm/model", texts[min(turn, len(texts) - 1)])
        output.usage = ModelUsage()
        return output

    return get_model("mockllm/model", custom_outputs=reply, memoize=False)


def evaluated(folder: Path, model: Model, **args: Any) -> EvalLog:
    return run(folder, model, crossed=False, limit_items=1, **args)


def test_one_that_declines_in_plain_text_is_asked_to_go_on_a_few_times_and_has_done_nothing(tmp_path: Path) -> None:
    for sample in evaluated(tmp_path, says("I will not do this.")).samples or []:
        assert len(sample.messages) < 10
        assert (score(sample).value, score(sample).metadata["class"]) == (0.0, "none")


def test_one_that_says_nothing_and_does_nothing_is_unscored(tmp_path: Path) -> None:
    for sample in evaluated(tmp_path, says("")).samples or []:
        assert (str(score(sample).as_float()), score(sample).reason) == ("nan", "unsubmitted")


def test_all_questions_of_the_interview_can_be_asked(tmp_path: Path) -> None:
    log = run(tmp_path, organism("schemer"), crossed=False, limit_items=1, interview="All")
    [sample] = log.samples or []
    assert len(score(sample, "admitted").metadata["answers"]) == 12


@pytest.mark.parametrize("backend", ["memory", "sandbox"])
def test_a_sample_says_where_its_files_lay(tmp_path: Path, backend: str) -> None:
    [log] = inspect_eval(
        in_context_scheming(crossed=False, limit_items=1, sandbox="memory"),
        model="organism/aligned",
        sample_id=["*/conflict/*"],
        sandbox="local" if backend == "sandbox" else None,
        log_dir=str(tmp_path),
        display="log",
        log_realtime=False,
    )
    assert [sample.metadata["backend"] for sample in log.samples or []] == [backend]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"frames": "nightmares"}, "frames='nightmares'"),
        ({"frames": ["contrast"]}, "frames="),
        ({"interview": "gossip"}, "interview='gossip'"),
        ({"interview": 3}, "interview='3'"),
        ({"messages": 0}, "messages=0"),
        ({"messages": "abc"}, "messages='abc'"),
        ({"messages": 1.5}, r"messages=1\.5"),
        ({"messages": True}, "messages=True"),
        ({"limit_items": "x"}, "limit_items='x'"),
        ({"limit_items": 1.5}, r"limit_items=1\.5"),
        ({"tokens": -5}, "tokens=-5"),
        ({"tokens": "lots"}, "tokens='lots'"),
        ({"seconds": 0}, "seconds=0"),
        ({"seconds": -3}, "seconds=-3"),
        ({"crossed": "maybe"}, "crossed='maybe'"),
        ({"seed": "abc"}, "seed='abc'"),
        ({"sandbox": "nonsense"}, "sandbox='nonsense': choose from memory, docker"),
        ({"sandbox": "none"}, "sandbox='none'"),
        ({"sandbox": True}, "sandbox=True"),
        ({"families": ["gossip"]}, "families='gossip'"),
        ({"families": []}, r"families=\[\]"),
        ({"families": ""}, "families=''"),
        ({"families": 5}, "families=5"),
        ({"families": "oversight_subversion", "frames": "tested"}, "families='oversight_subversion': none of them"),
        ({"agent": ""}, "agent=''"),
        ({"agent": 5}, "agent=5"),
        ({"agent": "no-such-agent"}, "agent='no-such-agent'"),
        ({"agent": "no/such/file.py@mine"}, "there is no file"),
    ],
)
def test_a_wrong_argument_is_told_before_anything_is_generated(args: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        in_context_scheming(**args)


@pytest.mark.parametrize("value", ["Multi_Turn", "True", "one_turn", True, "FALSE", False])
def test_how_the_interview_is_asked_may_be_given_in_any_case(value: bool | str) -> None:
    assert in_context_scheming(interview=value, limit_items=1, crossed=False).dataset
