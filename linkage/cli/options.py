"""Options that several commands share, and the one place that names a concrete engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from linkage.access import AccessStore
    from linkage.engine.base import Engine
    from linkage.engine.reader import ReaderSource

Function = TypeVar("Function", bound=Callable[..., Any])

DEFAULT_STORE = "linkage-store"


def open_engine(store: Path) -> Engine:
    """The engine over this store."""
    from linkage.engine.embedded import EmbeddedEngine

    return EmbeddedEngine(store)


def open_source(store: Path) -> ReaderSource:
    """Who opens readers over this store, for the API."""
    from linkage.engine.embedded import EmbeddedEngine

    return EmbeddedEngine(store)


def access_store(store: Path, access: Path | None) -> AccessStore:
    """The file of keys and audit log: beside the runs, unless another is named."""
    from linkage.access import AccessStore

    return AccessStore(access or store / "access.sqlite")


def access_option(function: Function) -> Function:
    """`--access FILE`."""
    return click.option(
        "--access",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="LINKAGE_ACCESS",
        metavar="FILE",
        help="Where keys and the audit log are kept; access.sqlite in the store without it.  [env: LINKAGE_ACCESS]",
    )(function)


def store_option(function: Function) -> Function:
    """`--store DIR`."""
    return click.option(
        "--store",
        type=click.Path(file_okay=False, path_type=Path),
        default=DEFAULT_STORE,
        envvar="LINKAGE_STORE",
        show_default="$LINKAGE_STORE, else ./linkage-store",
        metavar="DIR",
        help="Where the runs are kept.",
    )(function)


def run_option(function: Function) -> Function:
    """`--run ID`."""
    return click.option(
        "--run", "run_id", metavar="ID", help="Another run than the one that is published now."
    )(function)


def config_option(function: Function) -> Function:
    """`--config FILE`."""
    return click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="LINKAGE_CONFIG",
        metavar="FILE",
        help="The configuration, linkage.toml; without it the defaults stand.  [env: LINKAGE_CONFIG]",
    )(function)


def format_option(function: Function) -> Function:
    """`--format text|json` of what goes to stdout."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="For people or for programs.",
    )(function)


def log_format_option(function: Function) -> Function:
    """`--log-format text|json` of what goes to stderr."""
    return click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="json: one JSON object a line on stderr.",
    )(function)


def as_json(value: object) -> str:
    """Indented JSON; times as ISO 8601."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_jsonable)


def _jsonable(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    item = getattr(value, "item", None)  # a number of numpy's
    return item() if callable(item) else str(value)


def read_moment(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """A time as the input tables write it: ISO 8601 (UTC unless it says otherwise), epoch seconds or ms."""
    if value is None:
        return None
    try:
        return _moment(value.strip())
    except (ValueError, OverflowError, OSError) as error:
        message = f"{value!r} is neither ISO 8601 nor epoch seconds or milliseconds"
        raise click.BadParameter(message, context, parameter) from error


def _moment(text: str) -> datetime:
    # Eight digits are a date in ISO 8601, not a second of 1970.
    if text.isdigit() and len(text) > 8:
        number = int(text)
        return datetime.fromtimestamp(number / 1000 if number >= 10**11 else number, UTC)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
