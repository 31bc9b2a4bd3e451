"""Makes the finding of a log."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.log import EvalLog

from unmask.audits.findings.finding import Arm, Finding, Interval, Looks, Missing, Subject
from unmask.audits.findings.finding_cautions import cautions_of
from unmask.audits.findings.finding_words import shared_words, threat_words
from unmask.audits.findings.log_figures import Figures, Samples, log_figures, log_samples
from unmask.audits.findings.log_files import LogFault, read_header
from unmask.audits.findings.sample_scores import SampleScores
from unmask.audits.findings.sentences import cautions, sentence, would_change
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.headline_figures import VERDICTS
from unmask.scorers.judge.graders import OFFLINE

__all__ = ["finding_of", "read_finding"]

_ARMS = ("treated", "control", "placebo", "placebo_control")


def read_finding(path: str) -> Finding:
    """Read a log and make its finding.

    Args:
        path: The log, local or remote.

    Raises:
        ConfigurationError: If it cannot be used, with the reason.
    """
    found = read_header(path)
    if isinstance(found, LogFault):
        raise ConfigurationError(str(found))
    return finding_of(found)


def finding_of(log: EvalLog, samples: Samples | Sequence[SampleScores] | None = None) -> Finding:
    """Make the finding of a log.

    Args:
        log: Of one of this suite's tasks, or of a task that keeps to its contract; with samples or the header alone.
        samples: Its samples as `log_samples` gives them, where they were read already.

    Raises:
        ConfigurationError: If nothing in it is a behaviour that was scored.
    """
    return _Maker(log, samples).finding()


class _Maker:
    """Puts a finding together."""

    def __init__(self, log: EvalLog, samples: Samples | Sequence[SampleScores] | None) -> None:
        self.log, self.declared = log, log.eval.metadata or {}
        samples = log_samples(log) if samples is None else samples
        self.figures: Figures = log_figures(log, samples)
        self.errors = sum(sample.error is not None for sample in samples)
        self.invalidated = sum(getattr(sample, "invalidation", None) is not None for sample in samples)
        self.graders = _graders(log, samples)
        self.scorer = self._scorer()
        self.own = self.figures[self.scorer]
        self.fixed: Mapping[str, Any] = self.declared.get("contrast", {})

    def finding(self) -> Finding:
        arms = {name: arm for name in _ARMS if (arm := _arm(self.own, name, self._items(name)))}
        verdict: Any = _verdict(self.own)
        smallest, alpha = float(self.fixed.get("smallest_effect", 0.1)), float(self.fixed.get("alpha", 0.05))
        parts = {
            "effect": _interval(self.own, ""),
            "net_effect": _interval(self.own, "net_"),
            "verdict": verdict,
            "smallest_effect": smallest,
        }
        missing, results = self._missing(), self.log.results
        said = {**parts, "arms": arms, "figures": self.own}
        threat = str(self.declared.get("threat", self.log.eval.task))
        words = threat_words(threat)
        items_needed = _whole(self.own.get("items_needed"))
        return Finding(
            log=self.log.location,
            eval_id=self.log.eval.eval_id,
            task=self.log.eval.task,
            threat=threat,
            track=str(self.declared.get("track", "")),
            frames=str(self.declared.get("frames", "")),
            created=str(self.log.eval.created),
            status=self.log.status,
            subject=_subject(self.log),
            graders=self.graders,
            offline_grader=any(name.startswith("organism/") for name in self.graders),
            scorer=self.scorer,
            sentence=sentence(words, self._run(), said),
            neutral_effect=_interval(self.own, "neutral_"),
            p_value=_known(self.own.get("p_value")),
            pairs=int(self.own.get("pairs", 0)),
            looks=self._looks(),
            alpha=alpha,
            mde=_known(self.own.get("mde")),
            items_needed=items_needed,
            guard="floor" if self.own.get("floor") else "ceiling" if self.own.get("ceiling") else "ok",
            arms=list(arms.values()),
            awareness=self._awareness(),
            missing=missing,
            planned=results.total_samples if results else 0,
            completed=results.completed_samples if results else 0,
            errors=self.errors,
            invalidated=self.invalidated,
            stopped_early=len(results.early_stopping.early_stops) if results and results.early_stopping else 0,
            cautions=cautions(cautions_of(self.log, self.own, self.graders, self.errors, missing, self._awareness())),
            unseen=[*words.unseen, *shared_words().unseen],
            would_change=would_change(verdict, items_needed, smallest, bool(missing and missing.share > 0.2)),
            figures={name: {k: _known(v) for k, v in found.items()} for name, found in self.figures.items()},
            **parts,
        )

    def _scorer(self) -> str:
        """The scorer of the behaviour: the headline's, or the only one with a contrast."""
        told = self.log.results.headline if self.log.results else None
        names = [told.scorer] if told else []
        names += [name for name, found in self.figures.items() if "effect" in found]
        for name in names:
            if name in self.figures:
                return name
        raise ConfigurationError(f"{self.log.location}: no scorer of a behaviour among {', '.join(self.figures)}")

    def _run(self) -> tuple[str, ...]:
        return tuple(str(self.declared.get(key, "")) for key in ("mode", "frames", "track"))

    def _items(self, name: str) -> int:
        return int(self.own.get(f"{name}_n", 0))

    def _missing(self) -> Missing | None:
        found = self.figures.get("unscored")
        if not found or "share" not in found:
            return None
        reasons = {k.removeprefix("because_"): int(v) for k, v in found.items() if k.startswith("because_")}
        return Missing(
            share=found["share"],
            treated=_known(found.get("treated")),
            control=_known(found.get("control")),
            p_value=_known(found.get("p_value")),
            unequal=bool(found.get("unequal")),
            reasons=reasons,
        )

    def _looks(self) -> Looks | None:
        told, own = self.declared.get("sequential") or {}, self.own
        if "pairs_used" not in own or not told:
            return None
        results = self.log.results
        return Looks(
            **{name: int(own[name]) for name in ("pairs_used", "pairs_run", "pairs_planned")},
            stopped=bool(results and results.early_stopping and results.early_stopping.early_stops),
            unit=told["unit"],
            order_seed=told.get("order_seed"),
            log_e_present=own.get("log_e_present", 0.0),
            log_e_absent=_known(own.get("log_e_absent")),
        )

    def _awareness(self) -> Arm | None:
        found = self.figures.get("eval_awareness", {})
        return _arm(found, "treated", int(found.get("treated_n", 0)))


def _interval(found: Mapping[str, float], name: str) -> Interval | None:
    ends = "cs" if f"{name}cs_low" in found else "ci"
    keys = (f"{name}effect", f"{name}{ends}_low", f"{name}{ends}_high")
    values = [found.get(key, math.nan) for key in keys]
    return None if any(map(math.isnan, values)) else Interval(value=values[0], low=values[1], high=values[2])


def _arm(found: Mapping[str, float], name: Any, items: int) -> Arm | None:
    if f"{name}_n" not in found or math.isnan(found[name]):
        return None  # not scored, or a log without samples, whose few figures count no items
    low, high = found.get(f"{name}_lo"), found.get(f"{name}_hi")
    return Arm(name=name, shown=found[name] * items, items=items, rate=found[name], low=low, high=high)


def _verdict(own: Mapping[str, float]) -> str:
    """The verdict, from all figures or, where a log has no samples, from the one that was printed."""
    if "present" in own:
        return next((name for name in ("present", "absent") if own[name]), "inconclusive")
    return next((name for name, value in VERDICTS.items() if own.get("verdict") == value), "inconclusive")


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _whole(value: float | None) -> int | None:
    return None if value is None or not math.isfinite(value) else int(value)


def _graders(log: EvalLog, samples: Any) -> list[str]:
    """Who judged, by the scores' own word; else as the task declared it, or who was bound to."""
    noted = {
        name
        for sample in samples
        for score in (sample.scores or {}).values()
        for told in (score.metadata or {}, (score.metadata or {}).get("first") or {})
        for name in told.get("graders") or []
    }
    return sorted(noted) or list((log.eval.metadata or {}).get("grader") or []) or _bound(log)


def _bound(log: EvalLog) -> list[str]:
    """The model role `grader`, or what judges an organism where nothing is bound."""
    roles = log.eval.model_roles or {}
    bound = roles.get("grader", [])
    names = [one.model for one in (bound if isinstance(bound, list) else [bound])]
    return sorted(names) or ([OFFLINE] if log.eval.model.startswith("organism/") else [])


def _subject(log: EvalLog) -> Subject:
    served = {sample.output.model for sample in log.samples or [] if sample.output.model}
    return Subject(
        model=log.eval.model,
        served=sorted(served),
        base_url=log.eval.model_base_url,
        arguments=dict(log.eval.model_args),
        generation=log.eval.model_generate_config.model_dump(exclude_none=True),
    )
