"""The JSON Schema of `results.json`, from its models.

    python audits/report/results_schema.py

writes `audits/report/templates/results.schema.json`; a test holds the file and the models together.
"""

import json
from pathlib import Path
from typing import Any

from unmask.audits.report.results import SCHEMA_VERSION, Results

__all__ = ["SCHEMA_FILE", "results_schema"]

SCHEMA_FILE = Path(__file__).parent / "templates" / "results.schema.json"
"""The schema as it is checked in."""


def results_schema() -> dict[str, Any]:
    """The schema, made anew from the models."""
    made = Results.model_json_schema(mode="serialization")
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, "$id": f"urn:unmask:results:{SCHEMA_VERSION}", **made}


if __name__ == "__main__":
    SCHEMA_FILE.write_text(json.dumps(results_schema(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
