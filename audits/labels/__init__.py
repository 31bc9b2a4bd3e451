"""Judges held against labels: of a file, of people who label a run blind, and of transcripts that talk to the judge."""

from unmask.audits.labels.judge_result import JudgeResult, Share
from unmask.audits.labels.judging import measured
from unmask.audits.labels.labelled_sets import LabelledSet, LabelledSets, known_sets
from unmask.audits.labels.labelled_task import labelled_task
from unmask.audits.labels.reading import Half, Labelled, LabelledTranscripts, Reading, read_labels

__all__ = [
    "Half",
    "JudgeResult",
    "Labelled",
    "LabelledSet",
    "LabelledSets",
    "LabelledTranscripts",
    "Reading",
    "Share",
    "known_sets",
    "labelled_task",
    "measured",
    "read_labels",
]
