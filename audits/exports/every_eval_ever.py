"""A finding as a record of Every Eval Ever 0.3: intervals as uncertainty, the direction of figures, no unknown as 0.

The register's own converter for Inspect does not serve here: it knows no developer for a scripted model, stops at a
figure that could not be computed, and takes an interval's bounds for results.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from inspect_ai.log import EvalLog

from unmask.audits.exports.export_answers import ExportAnswers, ModelAnswers
from unmask.audits.exports.measures import Host, Measure, measures_of, register_words
from unmask.audits.findings.finding_of_log import finding_of
from unmask.audits.findings.finding_words import threat_words
from unmask.protocol.errors import ConfigurationError

__all__ = ["every_eval_ever", "record_path"]


def every_eval_ever(log: EvalLog, answers: ExportAnswers | None = None) -> dict[str, Any]:
    """The record of a log.

    Args:
        log: Of this suite, with its samples or the header alone.
        answers: What the log does not say.

    Returns:
        A record that the same log and answers always give alike: its time is the run's, not that of the export.

    Raises:
        ConfigurationError: If the log has no finding, or no figure, or nobody says who made the model.
    """
    return _Maker(log, answers or ExportAnswers()).record()


def record_path(log: EvalLog, record: Mapping[str, Any]) -> str:
    """Where the register keeps a record: `data/<benchmark>/<developer>/<model>/<uuid>.json`.

    The register takes none but random identifiers (version 4), so that of a log is made of the sha256 of its eval id,
    in that version's form: the same log has the same name.

    Args:
        log: The log.
        record: Its record.
    """
    developer, _, model = record["model_info"]["id"].partition("/")
    digest = hashlib.sha256(f"unmask:{log.eval.eval_id}".encode()).digest()
    folders = [register_words().collection, developer, model.replace("/", "_")]
    return "/".join(
        ["data", *(part.replace(":", "_") for part in folders), f"{UUID(bytes=digest[:16], version=4)}.json"]
    )


class _Maker:
    """Puts a record together."""

    def __init__(self, log: EvalLog, answers: ExportAnswers) -> None:
        self.log, self.answers = log, answers
        self.words, self.found = register_words(), finding_of(log)
        self.declared: Mapping[str, Any] = log.eval.metadata or {}
        self.contrast: Mapping[str, Any] = self.declared.get("contrast", {})
        self.time = str(int(datetime.fromisoformat(self.found.created).timestamp()))

    def record(self) -> dict[str, Any]:
        measures = measures_of(self.found, strata=self.contrast.get("strata") == "families")
        if not measures:
            raise ConfigurationError(f"{self.found.log}: no figure could be computed; nothing to export")
        subject = self._model(self.found.subject.model)
        subject["additional_details"] |= self._arguments()
        return {
            "schema_version": self.words.schema_version,
            "evaluation_id": f"{self.words.collection}/{subject['id'].replace('/', '_')}/{self.found.eval_id}",
            "evaluation_timestamp": self.time,
            "retrieved_timestamp": self.time,
            "source_metadata": self._source(),
            "eval_library": self._library(),
            "model_info": subject,
            "evaluation_results": [self._result(measure) for measure in measures],
        }

    def _source(self) -> dict[str, Any]:
        found = self.found
        told = {
            "verdict": found.verdict,
            "finding": found.sentence,
            "offline_grader": str(found.offline_grader).lower(),
            "status": found.status,
            "samples_planned": str(found.planned),
            "samples_completed": str(found.completed),
            "samples_failed": str(found.errors),
            "samples_invalidated": str(found.invalidated),
            "cautions": _lines(found.cautions),
            "not_seen": _lines(found.unseen),
            "files_sha256": json.dumps(self.declared.get("files", {}), sort_keys=True),
        }
        return {
            "source_name": self.words.collection,
            "source_type": "evaluation_run",
            "source_organization_name": self.answers.organization or self.words.unstated,
            **_known(source_organization_url=self.answers.organization_url),
            "evaluator_relationship": self.answers.relationship,
            "additional_details": {key: value for key, value in told.items() if value},
        }

    def _library(self) -> dict[str, Any]:
        spec = self.log.eval
        told = _known(
            unmask=str(self.declared.get("suite_version", "")) or None,
            task_version=str(spec.task_version),
            commit=spec.revision.commit if spec.revision else None,
            uncommitted_changes=str(spec.revision.dirty).lower() if spec.revision else None,
        )
        return {
            "name": "inspect_ai",
            "version": spec.packages.get("inspect_ai", "unknown"),
            "additional_details": told,
        }

    def _arguments(self) -> dict[str, str]:
        subject = self.found.subject
        told = {
            "inspect_name": subject.model,
            "model_arguments": json.dumps(subject.arguments, sort_keys=True) if subject.arguments else "",
            "served": ", ".join(subject.served),
        }
        return {key: value for key, value in told.items() if value}

    def _model(self, name: str) -> dict[str, Any]:
        host, _, rest = name.partition("/")
        own, known = self.answers.models.get(name, ModelAnswers()), self.words.hosts.get(host)
        ident = own.id or (rest if known and known.developer_follows and "/" in rest else name)
        if "/" not in ident:
            if not own.developer:
                raise ConfigurationError(f"{self.found.log}: who made {name}? Say so in the answers, models: {name}")
            ident = f"{own.developer}/{ident}"
        engine, _, version = (own.engine or "").partition(" ")
        return {
            "name": name,
            "id": ident,
            "developer": own.developer or _developer(known, ident),
            "inference_platform": own.platform or host,
            **({"inference_engine": _known(name=engine, version=version or None)} if engine else {}),
            "additional_details": {
                "deployment_type": own.deployment or (known.deployment if known else "unknown"),
                "model_availability": own.weights,
            },
        }

    def _result(self, measure: Measure) -> dict[str, Any]:
        found = self.found
        error = found.alpha * (2 if found.looks else 1)  # a confidence sequence has the error alpha at each bound
        return {
            "evaluation_result_id": f"{measure.scorer}:{measure.key}",
            "evaluation_name": "/".join(filter(None, (self.words.collection, found.threat, found.track, found.frames))),
            "source_data": self._data(),
            "evaluation_timestamp": self.time,
            "metric_config": self._metric(measure),
            "score_details": {
                "score": measure.value,
                **_known(uncertainty=_uncertainty(measure, error)),
            },
            "generation_config": self._generation(),
        }

    def _metric(self, measure: Measure) -> dict[str, Any]:
        found = self.found
        arms = f"{found.pairs} {threat_words(found.threat).items} compared"
        said = self.words.description.format(
            threat=found.threat, arms=arms, direction=" ".join(str(self.contrast.get("direction", "")).split())
        )
        told = {
            "scorer": measure.scorer,
            "smallest_effect_of_interest": str(found.smallest_effect),
            "alpha": str(found.alpha),
            **({} if measure.directed else {"direction": "neither more nor less is better"}),
        }
        return {
            "evaluation_description": f"{measure.description} {said}",
            "metric_id": f"unmask.{found.threat}.{measure.scorer}.{measure.key}",
            "metric_name": measure.name,
            "metric_kind": "rate" if measure.least == 0 else "difference_of_rates",
            "metric_unit": "proportion",
            "lower_is_better": measure.lower_is_better,
            "score_type": "continuous",
            "min_score": measure.least,
            "max_score": measure.most,
            **_known(llm_scoring=self._graders()),
            "additional_details": told,
        }

    def _graders(self) -> dict[str, Any] | None:
        if not self.found.graders:
            return None
        rubrics = ", ".join(sorted(name for name in self.declared.get("files", {}) if "rubrics/" in name))
        return {
            "judges": [{"model_info": self._model(name)} for name in self.found.graders],
            "input_prompt": self.words.judge_prompt.format(rubrics=rubrics or self.words.unstated),
            **({"aggregation_method": "majority_vote"} if len(self.found.graders) > 1 else {}),
        }

    def _data(self) -> dict[str, Any]:
        told = {
            "track": self.found.track,
            "frames": self.found.frames,
            "canary": str(self.declared.get("canary", "")),
        }
        return {
            "dataset_name": self.words.collection,
            "source_type": "other",
            "additional_details": {key: value for key, value in told.items() if value},
        }

    def _generation(self) -> dict[str, Any]:
        spec, given = self.log.eval, dict(self.found.subject.generation)
        own = {key: given.pop(key) for key in ("temperature", "top_p", "top_k", "max_tokens") if key in given}
        steps = [step.model_dump_json(include={"solver", "params"}) for step in self.log.plan.steps]
        limits = {key: getattr(spec.config, key) for key in ("time_limit", "message_limit", "token_limit")}
        arguments = own | {
            "eval_plan": {"name": self.log.plan.name, "steps": steps},
            "eval_limits": _known(**{key: value for key, value in limits.items() if isinstance(value, int)}),
            **_known(sandbox={"type": spec.sandbox.type} if spec.sandbox else None),
        }
        told = {"task_arguments": spec.task_args, "generation": given, "epochs": spec.config.epochs or 1}
        return {
            "generation_args": arguments,
            "additional_details": {key: json.dumps(value, sort_keys=True, default=str) for key, value in told.items()},
        }


def _developer(known: Host | None, ident: str) -> str:
    return (known.developer if known else None) or ident.partition("/")[0]


def _uncertainty(measure: Measure, alpha: float) -> dict[str, Any] | None:
    if measure.low is None or measure.high is None:
        return None
    bounds = {"lower": measure.low, "upper": measure.high, "confidence_level": 1 - alpha}
    return {
        "confidence_interval": bounds | _known(method=measure.method),
        **_known(num_samples=measure.count),
    }


def _known(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _lines(sentences: list[str]) -> str:
    return "\n".join(sentences)
