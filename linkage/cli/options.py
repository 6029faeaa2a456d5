"""Options that several commands share, and the one place that names a concrete engine."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from linkage.errors import UsageError

if TYPE_CHECKING:
    from linkage.access import AccessStore
    from linkage.engine.base import Engine
    from linkage.engine.embedded import EmbeddedEngine
    from linkage.engine.neo4j import Neo4jEngine
    from linkage.engine.reader import ReaderSource
    from linkage.identifiers.keys import Sealer

Function = TypeVar("Function", bound=Callable[..., Any])

DEFAULT_STORE = "linkage-store"


def open_engine(store: str | Path) -> Engine:
    """The engine over a folder, or over the server at a URI."""
    return Place(Path(DEFAULT_STORE), str(store)).open() if "://" in str(store) else Place(Path(store)).open()


@dataclass(frozen=True)
class Place:
    """Where the runs are kept: in a folder, or on a server with the folder for what stays on this machine."""

    folder: Path
    uri: str | None = None

    def __str__(self) -> str:
        """As people name it."""
        return self.uri or str(self.folder)

    def open(self, *, plain: bool = False) -> Engine:
        """The engine; `plain` lets a server keep personal identifiers as they are."""
        return self._embedded() if self.uri is None else self._neo4j(self.uri, plain=plain)

    def source(self, config: Path | None = None) -> ReaderSource:
        """Who opens readers over these runs, for the API; the configuration's key finds what it keyed."""
        from linkage.run.context import sealer_of
        from linkage.settings import load_settings

        sealer, secret = sealer_of(load_settings(config))
        sealers = () if secret is None else (sealer,)
        return self._embedded(sealers) if self.uri is None else self._neo4j(self.uri, sealers)

    def _embedded(self, sealers: Sequence[Sealer] = ()) -> EmbeddedEngine:
        from linkage.engine.embedded import EmbeddedEngine

        return EmbeddedEngine(self.folder, sealers)

    def _neo4j(self, uri: str, sealers: Sequence[Sealer] = (), *, plain: bool = False) -> Neo4jEngine:
        try:
            from linkage.engine.neo4j import Login, Neo4jEngine
        except ModuleNotFoundError as error:
            if error.name not in ("neo4j", "graphdatascience"):
                raise
            raise UsageError("--neo4j needs more packages: pip install 'linkage[neo4j]'") from error
        login = Login(
            uri,
            user=os.environ.get("LINKAGE_NEO4J_USER", "neo4j"),
            password=os.environ.get("LINKAGE_NEO4J_PASSWORD", ""),
            database=os.environ.get("LINKAGE_NEO4J_DATABASE") or None,
        )
        return Neo4jEngine(login, self.folder, plain=plain, sealers=sealers)


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
    """`--store DIR` and `--neo4j URI`, as one `store`."""

    @functools.wraps(function)
    def placed(*arguments: Any, store: Path, neo4j: str | None, **options: Any) -> Any:
        return function(*arguments, store=Place(store, neo4j), **options)

    return _neo4j_option(folder_option(cast("Function", placed)))


def _neo4j_option(function: Function) -> Function:
    return click.option(
        "--neo4j",
        envvar="LINKAGE_NEO4J_URI",
        metavar="URI",
        help="Keep the runs in this Neo4j, such as bolt://host:7687; user and password by LINKAGE_NEO4J_USER and"
        " LINKAGE_NEO4J_PASSWORD, a database by LINKAGE_NEO4J_DATABASE.  [env: LINKAGE_NEO4J_URI]",
    )(function)


def folder_option(function: Function) -> Function:
    """`--store DIR` alone."""
    return click.option(
        "--store",
        type=click.Path(file_okay=False, path_type=Path),
        default=DEFAULT_STORE,
        envvar="LINKAGE_STORE",
        show_default="$LINKAGE_STORE, else ./linkage-store",
        metavar="DIR",
        help="Where the runs are kept; with --neo4j their quarantine and scratch files, keys and the audit log.",
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


def bloom_option(function: Function) -> Function:
    """`--bloom-url URL`."""
    return click.option(
        "--bloom-url",
        envvar="LINKAGE_BLOOM_URL",
        metavar="URL",
        help="Where Neo4j Bloom answers: each ring carries a link into it.  [env: LINKAGE_BLOOM_URL; default: [bloom]"
        " url of --config]",
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
