"""The `unmask` command: from logs to a claim that somebody else can check."""

from importlib import import_module

import click

__all__ = ["main"]

PARTS = {
    "bundle": "Put logs, results and provenance into one signed file.",
    "compare": "Hold two versions of a subject against each other, or watch one over time.",
    "controls": "Run organisms against tasks: what the instrument finds of what is there.",
    "export": "Write findings for other registers: Every Eval Ever, EvalFactsheets.",
    "gate": "Judge logs by a policy: proceed, deeper review, or hold.",
    "import": "Make logs of transcripts that somebody else ran.",
    "judge": "Measure a grader on labelled transcripts.",
    "label": "Label transcripts blind, to measure the judge.",
    "organisms": "Train organisms with weights of their own, or fetch a pretrained one.",
    "plan": "Say how many pairs, calls and tokens an effect needs.",
    "report": "Write a report of logs: HTML, JSON and figures.",
    "show": "Say what a log found.",
    "verify": "Check a bundle, offline.",
}


class _Parts(click.Group):
    """Imports a part only when it is called, so that the command starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the parts."""
        return sorted(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a part."""
        if cmd_name not in PARTS:
            return None
        module = import_module(f"unmask.audits.command.{cmd_name}_command")
        found: click.Command = module.command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the parts without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(PARTS.items()))


@click.command(cls=_Parts, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="unmask")
def main() -> None:
    """From logs of alignment faking, sandbagging, scheming and backdoors to a claim that somebody else can check."""
