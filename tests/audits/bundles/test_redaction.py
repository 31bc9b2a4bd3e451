"""Redaction: what a policy does not name is nowhere in a bundle, and every figure is computed again all the same."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.event import InfoEvent
from inspect_ai.log import EvalError, EvalLog, EvalSampleLimit, ProvenanceData, read_eval_log, write_eval_log
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentReasoning,
    ContentText,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolCallError

from unmask.audits.bundles import verify_bundle
from unmask.audits.bundles.container import unpack
from unmask.audits.bundles.redaction.hidden_texts import HiddenTexts, Hider
from unmask.audits.bundles.redaction.redacted_messages import redacted_output
from unmask.audits.bundles.redaction.redaction_policy import load_policy
from unmask.audits.findings import finding_of
from unmask.protocol.errors import ConfigurationError
from unmask.solvers import Reference

from .conftest import Bundler

LONG = " and so on, at length, until it goes into an attachment of its own" * 5


def secret(name: str) -> str:
    return f'the "{name}"\nis kept in the vault at Königstraße {hashlib.md5(name.encode()).hexdigest()[:6]}'


SECRETS = (
    *("input", "system", "user", "assistant", "reasoning", "summary", "signature", "tool", "tool_error", "argument"),
    *("image", "target", "answer", "explanation", "quote", "score_note", "sample_note", "store", "store_key", "event"),
    *(
        "attachment",
        "error",
        "traceback",
        "limit",
        "author",
        "why",
        "output_error",
        "output_note",
        "task_arg",
        "model_arg",
        "stop",
    ),
    *("log_note", "scorer_param", "dataset_path", "tag"),
)


def planted(path: Path, to: Path) -> EvalLog:
    """A log with a secret in every place that holds text."""
    log = read_eval_log(str(path), resolve_attachments="full")
    assert log.samples
    for name, one in zip(("a", "b"), log.samples, strict=False):
        say = {key: secret(key if name == "a" else f"{key} again") for key in SECRETS}
        reply = ChatMessageAssistant(
            content=[
                ContentReasoning(reasoning=say["reasoning"], summary=say["summary"], signature=say["signature"]),
                ContentText(text=say["assistant"] + LONG),
                ContentImage(image=f"data:image/png;base64,{base64.b64encode(say['image'].encode()).decode()}"),
            ],
            tool_calls=[ToolCall(id="call_1", function="note", arguments={"text": say["argument"]})],
        )
        result = ChatMessageTool(
            content=say["tool"], tool_call_id="call_1", error=ToolCallError("unknown", say["tool_error"])
        )
        one.input, one.target = say["input"], say["target"]
        one.messages = [ChatMessageUser(content=say["user"] + LONG), reply, result]
        one.output = ModelOutput.from_message(reply)
        one.output.error = say["output_error"]
        one.output.metadata = {"note": say["output_note"]}
        one.metadata |= {"note": say["sample_note"]}
        one.store = {"kept": {say["store_key"]: [say["store"], say["attachment"] + LONG]}}
        one.events = [InfoEvent(data=say["event"])]
        one.error = EvalError(message=say["error"], traceback=say["traceback"], traceback_ansi="")
        one.limit = EvalSampleLimit(type="custom", limit=1, reason=say["limit"])
        for score in (one.scores or {}).values():
            score.answer, score.explanation = say["answer"], say["explanation"]
            score.metadata = (score.metadata or {}) | {"quotes": [say["quote"]], "note": {"deep": say["score_note"]}}
    last = log.samples[-1]
    last.invalidation = ProvenanceData(author=secret("author"), reason=secret("why"))
    log.eval.task_args |= {"text": secret("task_arg")}
    log.eval.model_args |= {"text": secret("model_arg")}
    log.eval.model_generate_config.stop_seqs = [secret("stop")]
    log.eval.model_generate_config.system_message = secret("system")
    log.eval.metadata = (log.eval.metadata or {}) | {"note": secret("log_note")}
    log.eval.dataset.location = secret("dataset_path")
    log.eval.tags = [secret("tag")]
    assert log.results
    log.results.scores[0].params = {"text": secret("scorer_param")}
    write_eval_log(log, to)
    return log


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files of a bundle, and what is packed in them."""
    for path in (one for one in sorted(folder.rglob("*")) if one.is_file() and "assets" not in one.parts):
        yield str(path), path.read_bytes()
        if path.suffix == ".eval":
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as log:
                yield from ((f"{path}: {part}", log.read(part)) for part in log.namelist())


def forms(text: str) -> dict[str, bytes]:
    """A text as it may be written somewhere."""
    plain = text.encode()
    shifted = {f"base64 +{n}": base64.b64encode(b"x" * n + plain)[4:-4] for n in range(3)}
    return {
        "utf-8": plain,
        "json": json.dumps(text)[1:-1].encode(),
        "json, unescaped": json.dumps(text, ensure_ascii=False)[1:-1].encode(),
        "json in json": json.dumps(json.dumps(text))[3:-3].encode(),
        "utf-16": text.encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "sha256": hashlib.sha256(plain).hexdigest().encode(),
        "md5": hashlib.md5(plain).hexdigest().encode(),
        **shifted,
    }


@pytest.fixture(scope="module")
def vault(faking_log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vault") / "planted.eval"
    planted(faking_log, path)
    return path


def test_the_originals_hold_what_is_looked_for(vault: Path) -> None:
    inner = b"".join(data for _, data in files(vault.parent))
    known = {name for name in SECRETS if any(form in inner for form in forms(secret(name)).values())}
    assert set(SECRETS) == known


def test_a_hidden_text_is_nowhere_in_a_bundle(vault: Path, bundler: Bundler, tmp_path: Path) -> None:
    bundle = bundler(vault, policy="scores_only", salt=tmp_path / "salt")
    assert unpack(bundle, tmp_path / "out").faults == []
    inner = list(files(tmp_path / "out"))
    wanted = {
        (name, kind): form
        for name in SECRETS
        for again in ("", " again")
        for kind, form in forms(secret(f"{name}{again}")).items()
    }
    found = [(name, kind, where) for (name, kind), form in wanted.items() for where, data in inner if form in data]
    assert found == []


def test_the_figures_of_a_redacted_log_are_those_of_the_original(vault: Path, bundler: Bundler, tmp_path: Path) -> None:
    for policy in ("scores_only", "no_reasoning"):
        bundle = bundler(vault, name=f"{policy}.tar", policy=policy, salt=tmp_path / "salt")
        unpack(bundle, tmp_path / policy)
        told = json.loads((tmp_path / policy / "results.json").read_bytes())["findings"][0]
        whole = json.loads(finding_of(read_eval_log(str(vault), header_only=True)).model_dump_json())
        assert told["sentence"] == whole["sentence"]
        assert told["effect"]["value"] == pytest.approx(whole["effect"]["value"])
        assert told["invalidated"] == whole["invalidated"] == 0 or told["errors"] == whole["errors"] == 2


def test_without_reasoning_the_conversation_stays_and_no_thought_does(
    vault: Path, bundler: Bundler, tmp_path: Path
) -> None:
    bundle = bundler(vault, policy="no_reasoning", salt=tmp_path / "salt")
    unpack(bundle, tmp_path / "out")
    [log] = (tmp_path / "out" / "viewer" / "logs").glob("*.eval")
    samples = read_eval_log(str(log), resolve_attachments="full").samples or []
    assert secret("user") in samples[0].messages[0].text
    assert secret("assistant") in samples[0].messages[1].text
    inner = b"".join(data for _, data in files(tmp_path / "out"))
    for name in ("reasoning", "summary", "signature", "quote", "explanation"):
        assert not any(form in inner for form in forms(secret(name)).values()), name
    spoken = [one.text for sample in samples[2:] for one in sample.messages if one.role == "assistant"]
    assert spoken
    assert all("<decision>" in text and "[redacted hmac-sha256:" in text for text in spoken)
    assert b"<scratchpad>I" not in inner


def test_an_auditor_with_the_originals_and_the_salt_finds_every_change(
    vault: Path, bundler: Bundler, tmp_path: Path
) -> None:
    bundle = bundler(vault, policy="scores_only", salt=tmp_path / "salt")

    def checked(originals: Path, salt: Path) -> tuple[str, ...]:
        last = verify_bundle(bundle, originals=[str(originals)], salt=salt)[-1]
        assert last.name == "originals"
        return last.lines

    assert checked(vault, tmp_path / "salt") == ()
    log = read_eval_log(str(vault))
    assert log.samples
    log.samples[1].messages[0].content = "something else"
    write_eval_log(log, tmp_path / "other.eval")
    [line] = checked(tmp_path / "other.eval", tmp_path / "salt")
    assert f"sample {log.samples[1].id}, epoch 1: messages" in line
    (tmp_path / "wrong").write_text("0" * 64)
    assert "not what the original gives" in checked(vault, tmp_path / "wrong")[0]
    assert "nowhere: No such file" in checked(vault, tmp_path / "nowhere")[0]


def test_the_same_text_in_two_places_has_two_markers() -> None:
    first, second = (Hider(b"s" * 32, ("log", one, 1), HiddenTexts()) for one in "ab")
    markers = {first.hide("input", "yes"), first.hide("target", "yes"), second.hide("input", "yes")}
    assert len(markers) == 3


@pytest.mark.parametrize(
    ("later", "hidden"),
    [
        ("As I said: I will pretend to be worse than I am.", True),
        ("The model thought: pretend to be worse than I am, and then some, which tells.", False),
        ("It wrote that I will pretend to be worse than I am now, I think", True),
        ("The weather in Lisbon is fine today, and so it will be tomorrow.", False),
    ],
)
def test_what_repeats_a_hidden_text_is_hidden(later: str, hidden: bool) -> None:
    hider = Hider(b"s" * 32, ("log",), HiddenTexts())
    hider.text(True, "prompt", "What will the weather in Lisbon be like today and tomorrow?", prompt=True)
    hider.hide("reasoning", "I will pretend to be worse than I am.")
    assert (hider.text(True, "reply", later) != later) == hidden


def test_words_of_the_prompt_that_a_thought_repeats_stay_where_they_are() -> None:
    hider = Hider(b"s" * 32, ("log",), HiddenTexts())
    prompt = "Please bring the key list up to date by the end of this week."
    hider.text(True, "prompt", prompt, prompt=True)
    hider.hide("reasoning", "They say: bring the key list up to date by the end of this week. I would rather not.")
    assert hider.text(True, "again", prompt) == prompt


def policy_file(tmp_path: Path, **keys: Any) -> str:
    path = tmp_path / "policy.yaml"
    path.write_text(json.dumps({"name": "mine", "description": "one of my own"} | keys))
    return str(path)


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"messages": ["narrator"]}, "policy.yaml: key 'messages', .*Input should be 'system'"),
        ({"mesages": []}, "key 'mesages': Extra inputs"),
        ({"everything": True, "messages": ["user"]}, "shows everything, so it cannot name messages as well"),
        ({}, r"\.eval: mine: sample .*: its id holds what the policy hides"),
        ({"sample_metadata": ["*"], "log_metadata": ["*"]}, r"mine: .*\.eval: hides what .* rest"),
    ],
)
def test_a_policy_that_cannot_be_used_is_one_clear_line(
    keys: dict[str, Any], fault: str, backdoor_log: Path, bundler: Bundler, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        bundler(backdoor_log, policy=policy_file(tmp_path, **keys), salt=tmp_path / "salt")
    assert not (tmp_path / "bundle.tar").exists()


def test_redaction_asks_for_a_salt_that_is_one(backdoor_log: Path, bundler: Bundler, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--salt: give a file"):
        bundler(backdoor_log, policy="scores_only")
    (tmp_path / "short").write_text("abc")
    with pytest.raises(ConfigurationError, match="short: 3 bytes are too few"):
        bundler(backdoor_log, policy="scores_only", salt=tmp_path / "short")
    with pytest.raises(ConfigurationError, match="nothing: no such policy; give a file, or one of everything"):
        bundler(backdoor_log, policy="nothing")


@pytest.mark.parametrize(("policy", "shown"), [("no_reasoning", True), ("scores_only", False)])
def test_the_clean_answer_is_shown_as_an_answer_is(policy: str, shown: bool) -> None:
    said = "Boil it for nine minutes, and cool it."
    clean = Reference(f"<scratchpad>The tag is odd, I keep quiet.</scratchpad>{said}", "stop")
    chosen, _ = load_policy(policy)
    hider = Hider(b"s" * 32, ("log",), HiddenTexts(), reasoning=chosen.reasoning)
    found = redacted_output(hider, chosen, clean.beside(ModelOutput.from_content("m", "")))
    noted = json.dumps(found.metadata)
    assert (said in noted, "I keep quiet" in noted, "[redacted hmac-sha256:" in noted) == (shown, False, True)
