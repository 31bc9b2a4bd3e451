"""`unmask bundle`: logs, results and provenance in one signed file."""

from pathlib import Path

import click

__all__ = ["command"]

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("bundle")
@click.argument("logs", nargs=-1)
@click.option("--subject", type=_FILE, help="What was tested (subject.yaml).")
@click.option("--protocol", type=_FILE, help="What was fixed before (protocol.yaml).")
@click.option("--out", type=_FILE, help="The bundle, a .tar.")
@click.option("--key", type=_FILE, help="Private key to sign with.")
@click.option("--redact", metavar="POLICY", help="everything, scores_only, no_reasoning, or a policy file.")
@click.option("--salt", type=_FILE, help="Secret of the digests of hidden texts; made if it is not there.")
@click.option("--attach", type=_FILE, multiple=True, help="A file that goes in as it is. May be given several times.")
@click.option("--policy", type=_FILE, help="By which the gate judges the logs; the template where none is named.")
@click.option("--controls", type=_FILE, multiple=True, help="controls.json of `unmask controls`, for the gate.")
@click.option("--judge", type=_FILE, multiple=True, help="What `unmask judge --out` wrote, for the gate.")
@click.option("--new-key", type=_FILE, help="Make a key pair, FILE and FILE.pub, and do nothing else.")
@click.option("--templates", type=click.Path(path_type=Path), help="Write both templates to a folder, nothing else.")
def command(
    logs: tuple[str, ...],
    subject: Path | None,
    protocol: Path | None,
    out: Path | None,
    key: Path | None,
    redact: str | None,
    salt: Path | None,
    attach: tuple[Path, ...],
    policy: Path | None,
    controls: tuple[Path, ...],
    judge: tuple[Path, ...],
    new_key: Path | None,
    templates: Path | None,
) -> None:
    """Put LOGS, what they found and where they come from into one file that `unmask verify` checks.

    The ruling of `unmask gate` on them goes in as well, with what it went by.

    LOGS are files or folders, local or remote (s3://...). Without a key the bundle is not signed.
    """
    from unmask.audits.bundles import BundleRequest, GateFiles, make_bundle, new_key_pair, write_templates
    from unmask.protocol.errors import ConfigurationError

    if new_key:
        click.echo(f"{new_key}: private key, keep it\n{new_key}.pub: public key\nfingerprint {new_key_pair(new_key)}")
        return
    if templates:
        for path in write_templates(templates):
            click.echo(path)
        return
    if not logs or subject is None or protocol is None or out is None:
        raise ConfigurationError("give LOGS, --subject, --protocol and --out (--templates DIR writes blank files)")
    asked = BundleRequest(logs, subject, protocol, out, key, redact, salt, attach, GateFiles(policy, controls, judge))
    done = make_bundle(asked)
    click.echo(f"{out}: logs {done.logs}, texts hidden {done.hidden}, {_signed(done.signer)}")
    for gap in done.gaps:
        click.echo(f"gap: {gap.file}: {gap.field}: {gap.gap}")
    for line in done.complaints:
        click.echo(f"left out: {line}", err=True)


def _signed(signer: str | None) -> str:
    return f"signed by {signer}" if signer else "NOT SIGNED (--key FILE signs)"
