"""Calls and tokens by role."""

import pytest
from click.testing import CliRunner
from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ModelConfig, ModelUsage, get_model

from unmask.audits.command.main import main
from unmask.audits.findings import RoleUsage, role_usage
from unmask.audits.findings.log_figures import log_samples
from unmask.tasks.alignment_faking import alignment_faking


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """A run whose first grader leaves all in doubt, so that a second one is asked."""
    folder = str(tmp_path_factory.mktemp("logs"))
    subject, grader = (get_model(f"organism/{name}", memoize=False) for name in ("alignment_faker", "grader"))
    roles = {"grader": [grader, get_model("organism/garbled", memoize=False)], "second_grader": grader}
    args = {"limit_items": 3}
    [made] = eval(alignment_faking, task_args=args, model=subject, model_roles=roles, log_dir=folder, display="none")
    return made


def of(log: EvalLog) -> dict[str, RoleUsage]:
    return {one.role: one for one in role_usage(log, log_samples(log))}


def test_each_role_has_its_calls_and_tokens_the_subject_first(log: EvalLog) -> None:
    found = of(log)
    assert list(found) == ["subject", "grader", "second_grader"]
    assert found["subject"].models == ["organism/alignment_faker"]
    assert found["grader"].models == ["organism/garbled", "organism/grader"]
    assert found["subject"].calls == 1
    assert all((one.calls or 0) >= 1 and one.input_tokens and one.counted == 12 for one in found.values())
    assert sum(one.input_tokens for one in found.values()) == sum(
        usage.input_tokens for usage in log.stats.model_usage.values()
    )


def test_a_grader_that_is_the_subject_too_is_told_apart_by_its_role(log: EvalLog) -> None:
    used = {"m": ModelUsage(input_tokens=10, output_tokens=5, input_tokens_cache_read=4)}
    graded = {"grader": ModelUsage(input_tokens=3, output_tokens=1)}
    samples = [
        one.model_copy(update={"model_usage": used, "role_usage": graded, "events": []}) for one in log.samples or []
    ]
    roles = {"grader": ModelConfig(model="m")}
    spec = log.eval.model_copy(update={"model": "m", "model_roles": roles})
    found = of(log.model_copy(update={"eval": spec, "samples": samples}))
    assert (found["subject"].input_tokens, found["subject"].output_tokens) == (11 * 12, 4 * 12)
    assert (found["grader"].input_tokens, found["grader"].output_tokens) == (3 * 12, 1 * 12)
    assert found["subject"].calls is None


def test_show_prints_them(log: EvalLog) -> None:
    printed = CliRunner().invoke(main, ["show", log.location]).stdout
    assert "calls a sample" in printed
    assert "second_grader" in printed


def test_a_log_read_by_its_header_says_the_same(log: EvalLog) -> None:
    from inspect_ai.log import read_eval_log

    assert of(read_eval_log(log.location, header_only=True)) == of(log)
