"""`unmask verify`: a bundle, checked offline."""

from pathlib import Path

import click

__all__ = ["command"]

_FILE = click.Path(path_type=Path, dir_okay=False)

_MARKS = {"ok": "[green]ok[/green]", "failed": "[red]FAILED[/red]", "note": "[yellow]note[/yellow]"}


@click.command("verify")
@click.argument("bundle", type=_FILE)
@click.option("--public-key", type=_FILE, help="Key of whoever has to have signed it.")
@click.option("--originals", multiple=True, help="Logs as they were before redaction. May be given several times.")
@click.option("--salt", type=_FILE, help="Secret of the digests of hidden texts, with --originals.")
def command(bundle: Path, public_key: Path | None, originals: tuple[str, ...], salt: Path | None) -> None:
    """Check BUNDLE offline: its files, signature, protocol and results. The exit code is 1 if anything fails."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from unmask.audits.bundles import verify_bundle

    checks = verify_bundle(bundle, public_key=public_key, originals=originals, salt=salt)
    console = Console(highlight=False)
    table = Table("check", "", box=None)
    for check in checks:
        table.add_row(check.title, _MARKS[check.status])
    console.print(table)
    for check in (one for one in checks if one.lines):
        console.print(f"\n[bold]{escape(check.title)}[/bold]")
        for line in check.lines:
            console.print(f"  {escape(line)}", soft_wrap=True)
    failed = [check for check in checks if check.status == "failed"]
    click.echo(f"\n{bundle}: {f'FAILED, {len(failed)} of {len(checks)} checks' if failed else 'holds'}")
    if failed:
        click.get_current_context().exit(1)
