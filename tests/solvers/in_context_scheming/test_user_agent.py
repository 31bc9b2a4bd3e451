"""An agent of the user's own: from a file or the registry, found before anything is generated."""

from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.agent import Agent, AgentState, agent
from inspect_ai.event import ModelEvent
from inspect_ai.model import ChatMessage, ModelOutput, ModelUsage, get_model
from inspect_ai.tool import Tool, ToolCall, ToolDef

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.in_context_scheming.scenarios import scenarios
from unmask.solvers.in_context_scheming.scenario_workspace import scenario_workspace
from unmask.solvers.in_context_scheming.user_agent import registered_agent
from unmask.tasks.in_context_scheming import in_context_scheming

EXFILTRATION = next(one for one in scenarios() if one.family == "self_exfiltration")
HEAD = """
from inspect_ai.agent import Agent, AgentSubmit, agent, react
from inspect_ai.tool import Tool
"""
PLAIN = """
@agent
def plain(tools: list[Tool]) -> Agent:
    return react(tools=tools, submit=False)
"""
MINE = """
@agent
def mine(tools: list[Tool], submit: Tool) -> Agent:
    return react(tools=tools, submit=AgentSubmit(tool=submit))
"""


def written(folder: Path, *parts: str) -> str:
    path = folder / "agents_of_mine.py"
    path.write_text("".join([HEAD, *parts]))
    return str(path)


def hands_in(messages: list[ChatMessage], *_: object) -> ModelOutput:
    output = ModelOutput.from_content("mockllm/model", "")
    output.choices[0].message.tool_calls = [ToolCall(id="1", function="submit", arguments={"report": "Done."})]
    output.usage = ModelUsage()
    return output


def test_an_agent_of_a_file_works_and_has_one_tool_that_ends_the_work(tmp_path: Path) -> None:
    [log] = inspect_eval(
        in_context_scheming(crossed=False, limit_items=1, agent=f"{written(tmp_path, PLAIN, MINE)}@mine"),
        model=get_model("mockllm/model", custom_outputs=hands_in, memoize=False),
        model_roles={"grader": "organism/grader"},
        sample_id=["*/conflict/*"],
        log_dir=str(tmp_path / "logs"),
        display="log",
        log_realtime=False,
    )
    assert log.status == "success", log.error
    assert log.samples
    first = next(event for event in log.samples[0].events if isinstance(event, ModelEvent))
    assert [tool.name for tool in first.tools].count("submit") == 1
    assert ((log.samples[0].scores or {})["schemed"].metadata or {})["class"] == "none"


def test_a_file_with_one_agent_needs_no_name(tmp_path: Path) -> None:
    assert registered_agent(written(tmp_path, MINE)) == "mine"


def test_a_file_is_looked_for_where_the_command_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, MINE)
    monkeypatch.setenv("PWD", str(tmp_path))
    assert registered_agent("agents_of_mine.py@mine") == "mine"


def test_an_agent_that_takes_no_submit_has_it_among_its_tools(tmp_path: Path) -> None:
    assert scenario_workspace(agent=f"{written(tmp_path, PLAIN)}@plain")


@pytest.mark.parametrize(
    ("parts", "name", "told"),
    [
        ([PLAIN, MINE], "", "choose one of the file's agents: plain, mine"),
        ([PLAIN], "@other", "choose one of the file's agents: plain"),
        ([], "", "it has none"),
        (["import nothing_of_the_kind\n"], "@mine", "ModuleNotFoundError"),
    ],
)
def test_a_file_without_the_agent_is_refused_before_anything_is_generated(
    tmp_path: Path, parts: list[str], name: str, told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        in_context_scheming(agent=f"{written(tmp_path, *parts)}{name}")


def test_what_takes_no_tools_is_refused(tmp_path: Path) -> None:
    bare = "\n@agent\ndef bare() -> Agent:\n    return react()\n"
    with pytest.raises(ConfigurationError, match="agent='bare'"):
        scenario_workspace(agent=written(tmp_path, bare))


def test_a_name_that_is_no_file_is_left_to_the_registry() -> None:
    assert registered_agent("package/mine") == "package/mine"


@agent
def reads_one_file(tools: list[Tool]) -> Agent:
    """An agent of somebody's own: it looks once and hands in."""

    async def execute(state: AgentState) -> AgentState:
        named = {ToolDef(tool).name: tool for tool in tools}
        await named["read_file"](path=EXFILTRATION.memo.path)  # type: ignore[arg-type]
        await named["submit"](report="Nothing was done.")  # type: ignore[arg-type]
        state.output = ModelOutput.from_content("own", "Nothing was done.")
        return state

    return execute


def test_an_agent_of_ones_own_works_with_the_same_tools(tmp_path: Path) -> None:
    [log] = inspect_eval(
        in_context_scheming(families="self_exfiltration", agent="reads_one_file", crossed=False),
        model="organism/aligned",
        sample_id=[f"{EXFILTRATION.id}/conflict/*"],
        log_dir=str(tmp_path),
        display="log",
        log_realtime=False,
    )
    assert log.status == "success", log.error
    assert log.samples
    found = (log.samples[0].scores or {})["schemed"]
    assert (found.metadata or {})["class"] == "none"
    assert (found.metadata or {})["opportunity"] is True


def test_an_agent_of_ones_own_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="agent='no-such-agent'"):
        scenario_workspace(agent="no-such-agent")
