"""The report's words and rules, as data."""

from functools import cache

from unmask.protocol.files import DATA, Record, load

__all__ = ["ReportWords", "ScorerFacts", "report_words"]


class ScorerFacts(Record):
    """What the report has to know of a scorer."""

    falls: bool = False
    """Whether a fall of the score under treatment is the threat."""

    rubric: str | None = None
    """The rubric by which it asks a judge."""


class ReportWords(Record):
    """Words and rules of the report; in braces stands what is filled in."""

    canary: str
    scorers: dict[str, ScorerFacts]
    why: dict[str, str]
    selection: str
    unbacked: str
    gaps: dict[str, str]
    uncorrected: dict[str, str]
    titles: dict[str, str]

    def facts(self, scorer: str) -> ScorerFacts:
        """What is known of a scorer; of one that is not listed, that a rise is the threat.

        Args:
            scorer: Its name, with or without the package's before it.
        """
        return self.scorers.get(scorer.rpartition("/")[2], ScorerFacts())


@cache
def report_words() -> ReportWords:
    """Read the report's words.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(DATA / "findings" / "report.yaml", ReportWords)
