"""The rubric judge: rubrics, who judges, quotes, and votes."""
