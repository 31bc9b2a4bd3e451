"""Controls: what the instrument finds of what is there, organism by organism and task by task."""

from unmask.audits.control_runs.control_cells import Cell, control_cells
from unmask.audits.control_runs.control_record import ControlRecord, read_controls, record_of_finding, write_controls
from unmask.audits.control_runs.detection_table import detection_table, put_table
from unmask.audits.control_runs.expected_controls import ControlCase, Expected, TaskControls, control_book
from unmask.audits.control_runs.matrix import Matrix, run_matrix

__all__ = [
    "Cell",
    "ControlCase",
    "ControlRecord",
    "Expected",
    "Matrix",
    "TaskControls",
    "control_book",
    "control_cells",
    "detection_table",
    "put_table",
    "read_controls",
    "record_of_finding",
    "run_matrix",
    "write_controls",
]
