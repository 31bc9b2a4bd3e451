"""Exports: findings in the forms that registers of evaluations ask for."""

from unmask.audits.exports.every_eval_ever import every_eval_ever, record_path
from unmask.audits.exports.export_answers import ExportAnswers, ModelAnswers, read_answers
from unmask.audits.exports.export_files import write_every_eval_ever, write_factsheet
from unmask.audits.exports.factsheet import factsheet
from unmask.audits.exports.measures import Measure, measures_of

__all__ = [
    "ExportAnswers",
    "Measure",
    "ModelAnswers",
    "every_eval_ever",
    "factsheet",
    "measures_of",
    "read_answers",
    "record_path",
    "write_every_eval_ever",
    "write_factsheet",
]
