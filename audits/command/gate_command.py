"""`unmask gate`: logs judged by a policy, as an exit code."""

from pathlib import Path
from typing import Any

import click

__all__ = ["command"]

USAGE, PROGRAM, INTERRUPTED = 64, 70, 130
"""Exit codes of bad usage, of a fault of the program, and of Ctrl-C: none may look like a decision."""

UNDECIDED = "{message} (exit code {code}: nothing was decided)"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _BadUsage(click.ClickException):
    exit_code = USAGE


class _ProgramFault(click.ClickException):
    exit_code = PROGRAM


class _Gate(click.Command):
    """Keeps 0, 1 and 2 for decisions: click ends a faulty call with 1 or 2, and Python a crash with 1."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.ClickException as error:
            raise _BadUsage(UNDECIDED.format(message=error.format_message(), code=USAGE)) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the gate."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            raise _BadUsage(UNDECIDED.format(message=error.format_message(), code=USAGE)) from error
        except (KeyboardInterrupt, click.Abort):
            ctx.exit(INTERRUPTED)
        except (click.exceptions.Exit, SystemExit):
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise _ProgramFault(UNDECIDED.format(message=said, code=PROGRAM)) from error


@click.command("gate", cls=_Gate)
@click.argument("logs", nargs=-1, required=True)
@click.option("--policy", type=FILE, help="The policy; audits/gate.yaml where none is named.")
@click.option("--controls", multiple=True, type=FILE, help="controls.json of `unmask controls`.")
@click.option("--subject", type=FILE, help="What is stated of the subject, as YAML.")
@click.option("--judge", multiple=True, type=FILE, help="What `unmask judge --out` wrote of the grader.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    logs: tuple[str, ...],
    policy: Path | None,
    controls: tuple[Path, ...],
    subject: Path | None,
    judge: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Judge LOGS by a policy. Exit code 0: proceed, 1: deeper review, 2: hold.

    LOGS are files or folders. Per claim it says present, absent below a bound, inconclusive, or inadmissible: an
    absence is admitted only where the same grader and frames found a positive control. Exit code 64 is bad usage, 70 a
    fault of the program; nothing is decided then.
    """
    from unmask.audits.gate import gate
    from unmask.audits.gate.gate_shown import ruling_shown

    ruling = gate(logs, policy, controls=controls, subject=subject, judge=judge)
    if as_json:
        click.echo(ruling.model_dump_json(indent=2))
    else:
        ruling_shown(ruling)
    ctx.exit(ruling.exit_code)
