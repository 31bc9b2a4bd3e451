"""Imports: transcripts that somebody else ran, as logs of this suite."""

from unmask.audits.imports.importing import Imported, import_transcripts
from unmask.audits.imports.transcript_map import TranscriptMap, read_map

__all__ = ["Imported", "TranscriptMap", "import_transcripts", "read_map"]
