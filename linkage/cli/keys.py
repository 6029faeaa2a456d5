"""`linkage keys`: who may read through the API."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from linkage.access import ROLES, SCOPES, AccessStore, Key
from linkage.cli.options import access_option, access_store, as_json, folder_option, format_option
from linkage.errors import UsageError
from linkage.identifiers.registry import duration


@click.group()
def keys() -> None:
    """Keys for the API: each has a role, scopes and an end; only a hash of it is kept."""


def _lifetime(context: click.Context, parameter: click.Parameter, value: str) -> timedelta | None:
    try:
        return duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error


_expires = click.option(
    "--expires", "lifetime", default="90d", show_default=True, callback=_lifetime, metavar="SPAN",
    help="How long it opens anything: 12h, 90d, 52w, or none.",
)  # fmt: skip


@keys.command()
@click.argument("name")
@click.option(
    "--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What it may read."
)
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, default=("graphql",), show_default=True,
              help="What it may be used for.")  # fmt: skip
@_expires
@folder_option
@access_option
def create(
    name: str,
    role: str,
    scopes: tuple[str, ...],
    lifetime: timedelta | None,
    store: Path,
    access: Path | None,
) -> None:
    """Makes a key for NAME and prints it on stdout, once."""
    opened = access_store(store, access)
    opened.prepare()
    key, token = opened.create_key(name, role, scopes=scopes, lifetime=lifetime)
    _told(key, token)


@keys.command()
@click.argument("key_id", metavar="KEY")
@click.option("--grace", default="7d", show_default=True, callback=_lifetime, metavar="SPAN",
              help="How long the old key still opens.")  # fmt: skip
@_expires
@folder_option
@access_option
def rotate(
    key_id: str, grace: timedelta | None, lifetime: timedelta | None, store: Path, access: Path | None
) -> None:
    """Makes a key with the rights of KEY, which ends after a time of grace."""
    if grace is None:
        raise UsageError("the time of grace must end")
    key, token = _opened(store, access).rotate_key(key_id, grace=grace, lifetime=lifetime)
    _told(key, token)


@keys.command()
@click.argument("key_id", metavar="KEY")
@folder_option
@access_option
def revoke(key_id: str, store: Path, access: Path | None) -> None:
    """Ends KEY; a running server hears of it within seconds."""
    _opened(store, access).revoke_key(key_id)
    click.echo(f"{key_id}: revoked")


@keys.command("list")
@folder_option
@access_option
@format_option
def list_keys(store: Path, access: Path | None, form: str) -> None:
    """All keys, the ended ones too, without their secrets."""
    opened = access_store(store, access)
    found = opened.keys() if opened.there() else []
    if form == "json":
        click.echo(as_json([asdict(key) for key in found]))
        return
    if not found:
        click.echo(f"{store}: no keys yet")
        return
    now = datetime.now(UTC)
    click.echo(f"{'key':<14}{'role':<14}{'scopes':<18}{'until (UTC)':<18}{'valid':<7}name")
    for key in found:
        ends = [moment for moment in (key.expires_at, key.revoked_at) if moment is not None]
        until = f"{min(ends):%Y-%m-%d %H:%M}" if ends else "-"
        valid = "yes" if key.valid_at(now) else "no"
        click.echo(f"{key.key_id:<14}{key.role:<14}{','.join(key.scopes):<18}{until:<18}{valid:<7}{key.name}")


def _opened(store: Path, access: Path | None) -> AccessStore:
    opened = access_store(store, access)
    if not opened.there():
        # To make one here would hide that the folder was mistyped.
        raise UsageError(f"{access or store}: there are no keys")
    opened.prepare()
    return opened


def _told(key: Key, token: str) -> None:
    until = f"until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else "without an end"
    click.echo(f"key {key.key_id} for {key.name}: {key.role}, {', '.join(key.scopes)}, {until}", err=True)
    click.echo(token)
