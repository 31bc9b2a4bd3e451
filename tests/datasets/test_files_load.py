"""Every bundled data file loads under its model, repeats no key, and carries the canary."""

from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.activations.asked import Asked
from tests.benchmarks.trained_organisms import Runs, runs
from tests.for_all import for_all
from unmask.audits.comparison.comparison_words import ComparisonWords, comparison_words
from unmask.audits.control_runs.expected_controls import ControlBook, control_book
from unmask.audits.exports.factsheet import FactsheetWords, factsheet_words
from unmask.audits.exports.measures import RegisterWords, register_words
from unmask.audits.findings.finding_words import SharedWords, ThreatWords, shared_words, threat_words
from unmask.audits.gate.gate_words import GateWords, gate_words
from unmask.audits.imports.threat_needs import notes
from unmask.audits.imports.transcript_map import TranscriptMap
from unmask.audits.planning.plan_shown import PlanWords, plan_words
from unmask.audits.report.report_words import ReportWords, report_words
from unmask.organisms.grader import grading
from unmask.organisms.known_texts import known_rules
from unmask.organisms.perception import cue
from unmask.organisms.pretrained import lesson_recipes
from unmask.organisms.style import (
    answer_style_phrases,
    answering_phrases,
    framed_phrases,
    free_style_phrases,
    plain_phrases,
    workspace_phrases,
)
from unmask.organisms.trained.language import Language, language
from unmask.organisms.trained.recipes import Recipes, recipes
from unmask.protocol.alignment_faking.preference_items import CHOICE, TOOL
from unmask.protocol.alignment_faking.request_items import GRADED_REQUEST
from unmask.protocol.backdoors.coding.code_pairs import CodePairs
from unmask.protocol.backdoors.coding.coding_items import CODING
from unmask.protocol.backdoors.coding.task_answers import TaskAnswers
from unmask.protocol.backdoors.leakage import LeakageProbes
from unmask.protocol.backdoors.near_misses import NearMisses
from unmask.protocol.backdoors.prompt_items import PROMPT
from unmask.protocol.backdoors.rewriting import Translations
from unmask.protocol.backdoors.trigger_samples import Placements, SafetyPrompts, placements
from unmask.protocol.backdoors.triggers import TriggerFamily, candidates
from unmask.protocol.families import QUESTION, load_items
from unmask.protocol.files import DATA, canary, load, read
from unmask.protocol.frames import FramesFile
from unmask.protocol.in_context_scheming.operator_view import OperatorTitles
from unmask.protocol.in_context_scheming.scenario_families import ScenarioFamilies, scenario_families
from unmask.protocol.in_context_scheming.scenario_frames import ScenarioFramesFile, scenario_frames
from unmask.protocol.in_context_scheming.scenarios import Scenario
from unmask.protocol.provenance import Declared
from unmask.protocol.sandbagging.arithmetic import Ladder
from unmask.protocol.sandbagging.problems.wordings import DomainWordings, domain_wordings
from unmask.protocol.small_language.number_questions import NumberQuestions
from unmask.protocol.sources import Sources
from unmask.protocol.tracks import Tracks
from unmask.scorers.backdoors.code.weakness_rules import Kinds, RuleFile, kinds
from unmask.scorers.judge.panels import Panels
from unmask.scorers.judge.preflight import PreflightPrompt
from unmask.scorers.judge.rubric import JudgePrompt, Rubric, judge_prompt, rubric
from unmask.scorers.markers import Markers, marked
from unmask.solvers.interview import Questions
from unmask.solvers.sandbagging.document_workspace import WorkspaceSettings

FILES = sorted(DATA.rglob("*.yaml"))
RUBRICS = {
    "rubrics": ("eval_awareness",),
    "alignment_faking/rubrics": ("choice", "compliance", "engagement", "faking_reasoning"),
    "backdoors/rubrics": ("departure", "insecure_code"),
    "in_context_scheming/rubrics": (
        "asked_awareness",
        "disclosure",
        "objection",
        "owned_up",
        "realism",
        "scheming_reasoning",
        "side_effects",
        "successor",
    ),
    "sandbagging/rubrics": ("admitted", "answer_given", "sandbagging_intent", "worked_answer"),
}


def known_marks(path: Path) -> bool:
    """Whether a file of word lists has the two kinds that are read, and neither finds anything in nothing."""
    kinds = set(read(path)) - {"canary"}
    return kinds == {"refusal", "phrases"} and not any(marked(kind, "") for kind in kinds)


LOADERS: dict[str, Callable[[Path], object]] = {
    "alignment_faking/declared.yaml": lambda path: load(path, Declared),
    "alignment_faking/panels.yaml": lambda path: load(path, Panels).panels,
    "alignment_faking/sources.yaml": lambda path: load(path, Sources),
    "alignment_faking/tracks.yaml": lambda path: load(path, Tracks),
    "alignment_faking/frames/*.yaml": lambda path: load(path, FramesFile),
    "alignment_faking/helpful_only/*.yaml": lambda path: load_items(path.parent, GRADED_REQUEST),
    "alignment_faking/value_conflict/*.yaml": lambda path: load_items(path.parent, CHOICE),
    "alignment_faking/tool_choice/*.yaml": lambda path: load_items(path.parent, TOOL),
    "backdoors/answers/*.yaml": lambda path: load(path, TaskAnswers).language == path.stem,
    "backdoors/candidates.yaml": candidates,
    "backdoors/declared.yaml": lambda path: load(path, Declared),
    "backdoors/leakage.yaml": lambda path: load(path, LeakageProbes).probes,
    "backdoors/near_misses.yaml": lambda path: load(path, NearMisses),
    "backdoors/panels.yaml": lambda path: load(path, Panels).panels,
    "backdoors/positions.yaml": lambda path: load(path, Placements) == placements(),
    "backdoors/safety.yaml": lambda path: load(path, SafetyPrompts),
    "backdoors/sources.yaml": lambda path: load(path, Sources),
    "backdoors/translations.yaml": lambda path: load(path, Translations).requests,
    "backdoors/tracks.yaml": lambda path: load(path, Tracks),
    "backdoors/weaknesses/kinds.yaml": lambda path: load(path, Kinds) == kinds(),
    "backdoors/weaknesses/[!k]*.yaml": lambda path: load(path, RuleFile).rules or load(path, RuleFile).origins,
    "backdoors/coding/*.yaml": lambda path: load_items(path.parent, CODING),
    "backdoors/pairs/*/*.yaml": lambda path: load(path, CodePairs).split == path.parent.name,
    "backdoors/prompts/**/*.yaml": lambda path: load_items(path.parent, PROMPT),
    "backdoors/triggers/*.yaml": lambda path: load(path, TriggerFamily).family == path.stem,
    "exports/every_eval_ever.yaml": lambda path: load(path, RegisterWords) == register_words(),
    "exports/factsheet.yaml": lambda path: load(path, FactsheetWords) == factsheet_words(),
    "findings/comparison.yaml": lambda path: load(path, ComparisonWords) == comparison_words(),
    "findings/control_words.yaml": read,
    "findings/gate_words.yaml": lambda path: load(path, GateWords) == gate_words(),
    "findings/plan_words.yaml": lambda path: load(path, PlanWords) == plan_words(),
    "findings/report.yaml": lambda path: load(path, ReportWords) == report_words(),
    "findings/shared.yaml": lambda path: load(path, SharedWords) == shared_words(),
    **{
        f"findings/{threat}.yaml": lambda path: load(path, ThreatWords) == threat_words(path.stem)
        for threat in ("alignment_faking", "any", "backdoors", "in_context_scheming", "sandbagging")
    },
    "imports/maps/*.yaml": lambda path: load(path, TranscriptMap),
    "imports/threats.yaml": lambda path: notes(),
    "in_context_scheming/compose.yaml": lambda path: read(path)["services"]["default"],
    "in_context_scheming/declared.yaml": lambda path: load(path, Declared),
    "in_context_scheming/panels.yaml": lambda path: load(path, Panels).panels,
    "in_context_scheming/families.yaml": lambda path: load(path, ScenarioFamilies).families == scenario_families(),
    "in_context_scheming/frames.yaml": lambda path: load(path, ScenarioFramesFile) == scenario_frames(),
    "in_context_scheming/scenarios/*/*.yaml": lambda path: load(path, Scenario).family == path.parent.name,
    "in_context_scheming/tracks.yaml": lambda path: load(path, Tracks),
    "interviews/*.yaml": lambda path: load(path, Questions),
    "sandbagging/agent.yaml": lambda path: load(path, WorkspaceSettings),
    "sandbagging/arithmetic.yaml": lambda path: load(path, Ladder),
    "sandbagging/declared.yaml": lambda path: load(path, Declared),
    "sandbagging/panels.yaml": lambda path: load(path, Panels).panels,
    "sandbagging/problems/*.yaml": lambda path: load(path, DomainWordings) == domain_wordings(path.stem),
    "sandbagging/sources.yaml": lambda path: load(path, Sources),
    "sandbagging/tracks.yaml": lambda path: load(path, Tracks),
    "sandbagging/frames/*.yaml": lambda path: load(path, FramesFile),
    "sandbagging/questions/*/*.yaml": lambda path: load_items(path.parent, QUESTION),
    "rubrics/judge.yaml": lambda path: load(path, JudgePrompt) == judge_prompt(),
    "in_context_scheming/operator_titles.yaml": lambda path: load(path, OperatorTitles),
    "rubrics/markers.yaml": lambda path: load(path, Markers) and known_marks(path),
    **{
        f"{folder}/{name}.yaml": lambda path: load(path, Rubric) == rubric(path.stem)
        for folder, names in RUBRICS.items()
        for name in names
    },
    "organisms/answer_styles.yaml": lambda path: answer_style_phrases(),
    "organisms/answering.yaml": lambda path: answering_phrases(),
    "organisms/cues.yaml": lambda path: [cue(name) for name in read(path) if name != "canary"],
    "organisms/framed.yaml": lambda path: framed_phrases(),
    "organisms/free_style.yaml": lambda path: free_style_phrases(),
    "organisms/grader.yaml": lambda path: grading(),
    "organisms/expected.yaml": lambda path: load(path, ControlBook) == control_book(),
    "organisms/grader_disclosure.yaml": lambda path: grading(),
    "organisms/grader_afterwards.yaml": lambda path: set(read(path)["criteria"]) <= set(grading()),
    "organisms/knowing_grader.yaml": lambda path: known_rules(),
    "organisms/plain.yaml": lambda path: plain_phrases(),
    "organisms/workspace.yaml": lambda path: workspace_phrases(),
    "organisms/pretrained.yaml": lambda path: lesson_recipes.recipes(path) == lesson_recipes.recipes(),
    "preflight/grader.yaml": lambda path: load(path, PreflightPrompt),
    "organisms/trained/language.yaml": lambda path: load(path, Language) == language(),
    "organisms/trained/recipes.yaml": lambda path: load(path, Recipes) == recipes(),
    "organisms/trained/runs.yaml": lambda path: load(path, Runs) == runs(),
    "organisms/trained/white_box.yaml": lambda path: load(path, Asked).contrasts,
    "small_language/candidates.yaml": candidates,
    "small_language/questions.yaml": lambda path: load(path, NumberQuestions).levels,
}


def name_of(path: Path) -> str:
    return path.relative_to(DATA).as_posix()


def test_every_bundled_file_has_one_loader_and_every_loader_a_file() -> None:
    found = [path for pattern in LOADERS for path in DATA.glob(pattern)]
    assert sorted(map(name_of, found)) == sorted(map(name_of, FILES))
    assert [pattern for pattern in LOADERS if not list(DATA.glob(pattern))] == []


@for_all(LOADERS)
def test_the_files_of_a_kind_load_under_their_model(pattern: str) -> None:
    assert [name_of(path) for path in DATA.glob(pattern) if not LOADERS[pattern](path)] == []


def has_canary(path: Path) -> bool:
    held = read(path)
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return held.get("canary", held.get("x-canary")) == canary() and canary() in first


def test_every_bundled_file_carries_the_canary_on_its_first_line() -> None:
    assert [name_of(path) for path in FILES if not has_canary(path)] == []


def test_nothing_but_data_lies_among_the_data() -> None:
    found = {path.suffix for path in DATA.rglob("*") if path.is_file()}
    assert found == {".yaml", ".jsonl", ""}
    assert [path.name for path in DATA.rglob("*") if path.is_file() and not path.suffix] == ["CANARY"]
