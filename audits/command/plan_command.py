"""`unmask plan`: pairs, calls, tokens and cost for the smallest effect of interest."""

from pathlib import Path
from typing import Any

import click

__all__ = ["command"]


@click.command("plan")
@click.option("--threat", required=True, help="What is to be shown.")
@click.option("--track", help="Kind of item; the usual one where left out.")
@click.option("--effect", type=float, help="Smallest effect of interest; the declared one where left out.")
@click.option("--power", default=0.8, show_default=True, help="Probability of showing it.")
@click.option("--alpha", type=float, help="Two-sided error; the declared one where left out.")
@click.option("--discordance", type=float, help="Share of pairs whose arms differ; the declared one where left out.")
@click.option("--like", help="A log: how pairs scatter, what is lost, calls and tokens.")
@click.option("--prices", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="USD per million tokens.")
@click.option("--sequential", is_flag=True, help="Looking after each pair as well.")
@click.option("--cap", type=click.IntRange(1), help="Pairs at which such a run ends; twice the fixed number.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
def command(threat: str, like: str | None, prices: Path | None, as_json: bool, **asked: Any) -> None:
    """Say how many pairs, calls and tokens an effect needs, and what they cost.

    Without --like it knows pairs and samples alone. Run a few items of the model, and pass the log.
    """
    from unmask.audits.findings import find_runs
    from unmask.audits.planning import earlier_run, plan, read_prices
    from unmask.audits.planning.plan_shown import plan_shown
    from unmask.protocol.errors import ConfigurationError

    headers, faults = find_runs([like]) if like else ([], [])
    if like and len(headers) != 1:
        several = [f"{like}: holds {len(headers)} logs; name one of them"]
        told = several if headers else [str(fault) for fault in faults]
        raise ConfigurationError("\n".join(told))
    known = earlier_run(headers[0]) if headers else None
    made = plan(threat, like=known, prices=read_prices(prices) if prices else {}, **asked)
    if as_json:
        click.echo(made.model_dump_json(indent=2))
    else:
        plan_shown(made)
