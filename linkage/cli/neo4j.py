"""`linkage neo4j`: a real server on this machine, for trying and testing."""

from __future__ import annotations

import functools
import shlex
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from linkage.cli.options import as_json, config_option, folder_option, format_option, run_option
from linkage.errors import ServerError, UsageError

if TYPE_CHECKING:
    from linkage.localserver import ServerOptions

Function = TypeVar("Function", bound=Callable[..., Any])


@click.group()
def neo4j() -> None:
    """A local Neo4j with Graph Data Science: no Docker, no system Java.

    It needs `pip install 'linkage[neo4j-local]'`, and fetches the server the first time.
    """


def _home_option(function: Function) -> Function:
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="LINKAGE_NEO4J_HOME",
        metavar="DIR",
        help="Where the server keeps its data.  [env: LINKAGE_NEO4J_HOME; default: ~/.local/share/linkage/neo4j]",
    )(function)


def _home(given: Path | None) -> Path:
    from linkage.localserver.process import default_home

    return given or default_home()


_SERVER_OPTIONS = (
    click.option(
        "--line",
        type=click.Choice(["lts", "current"]),
        default="lts",
        show_default=True,
        help="Neo4j 5.26 with GDS 2.13, or 2026.01 with GDS 2.26.",
    ),
    click.option(
        "--bolt-port",
        type=click.IntRange(0, 65535),
        default=7687,
        envvar="LINKAGE_NEO4J_BOLT_PORT",
        show_default=True,
        show_envvar=True,
        help="0: any free one.",
    ),
    click.option(
        "--http-port",
        type=click.IntRange(0, 65535),
        default=7474,
        envvar="LINKAGE_NEO4J_HTTP_PORT",
        show_default=True,
        show_envvar=True,
        help="Neo4j Browser's; 0: any free one.",
    ),
    click.option(
        "--heap",
        default="1g",
        envvar="LINKAGE_NEO4J_HEAP",
        show_default=True,
        show_envvar=True,
        metavar="SIZE",
    ),
    click.option(
        "--pagecache",
        default="256m",
        envvar="LINKAGE_NEO4J_PAGECACHE",
        show_default=True,
        show_envvar=True,
        metavar="SIZE",
    ),
    click.option(
        "--password",
        envvar="LINKAGE_NEO4J_PASSWORD",
        metavar="TEXT",
        help="Of the user neo4j, at the first start; better by the environment.  [env: LINKAGE_NEO4J_PASSWORD;"
        " default: drawn and kept in the home]",
    ),
)


def _server_options(function: Function) -> Function:
    """How the server runs, as one `options`."""

    @functools.wraps(function)
    def gathered(
        *arguments: Any,
        home: Path | None,
        line: str,
        bolt_port: int,
        http_port: int,
        heap: str,
        pagecache: str,
        password: str | None,
        **others: Any,
    ) -> Any:
        from linkage.localserver import ServerOptions

        options = ServerOptions(
            home=_home(home),
            line=line,
            bolt_port=bolt_port,
            http_port=http_port,
            heap=heap,
            pagecache=pagecache,
            password=password,
        )
        return function(*arguments, options=options, **others)

    found = _home_option(cast("Function", gathered))
    for option in _SERVER_OPTIONS:
        found = option(found)
    return found


@neo4j.command()
@_server_options
@format_option
def up(options: ServerOptions, form: str) -> None:
    """Starts the server, unless it runs already, and waits until it answers."""
    from linkage.localserver import up as start

    server, fresh = start(options, lambda text: click.echo(text, err=True))
    if form == "json":
        click.echo(as_json({**asdict(server), "uri": server.uri, "started_now": fresh}))
        return
    click.echo(
        f"Neo4j {server.neo4j} with GDS {server.gds} {'is up' if fresh else 'was up already'}: {server.uri}"
    )
    click.echo(f"  browser    {server.browser}, user neo4j, password in {server.password_file}")
    click.echo(f'  next       export LINKAGE_NEO4J_PASSWORD="$(cat {server.password_file})"')
    click.echo(f"             linkage nightly --source DIR --neo4j {server.uri}")


@neo4j.command("import")
@folder_option
@run_option
@config_option
@_server_options
@click.option("--overwrite", is_flag=True, help="Replace a database that holds something.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Only write the files there, and say how to import them on a server of your own.",
)
def import_run(
    store: Path,
    run_id: str | None,
    config: Path | None,
    options: ServerOptions,
    overwrite: bool,
    out: Path | None,
) -> None:
    """Loads a published run of a store in bulk: the first load of a large graph, by the server's own import.

    The whole database is replaced, and the server is down meanwhile. Later nights write their differences:
    linkage nightly --neo4j URI with the same --store, which keeps the key of fingerprints.
    """
    from linkage.engine.embedded import EmbeddedEngine
    from linkage.engine.neo4j import Login, Neo4jEngine
    from linkage.localserver import import_command, import_full
    from linkage.localserver import up as start
    from linkage.settings import load_settings

    def say(text: str) -> None:
        click.echo(text, err=True)

    plain = load_settings(config).neo4j.plain
    stored = EmbeddedEngine(store).stored(run_id)
    if out is not None:
        files = Neo4jEngine(Login("bolt://none"), store, plain=plain).write_bulk(stored, out.absolute())
        command = shlex.join(["neo4j-admin", *import_command(files.arguments, files.delimiter)])
        click.echo(
            f"{out}: {files.nodes:,} nodes, {files.relationships:,} relationships. On a stopped server:"
        )
        click.echo(command)
        return
    server, _ = start(options, say)
    login = Login(server.uri, password=server.password_file.read_text(encoding="utf-8").strip())
    with closing(Neo4jEngine(login, store, plain=plain)) as engine:
        if (held := engine.nodes()) and not overwrite:
            raise UsageError(
                f"the database in {server.home} holds {held:,} nodes: --overwrite replaces all of it"
            )
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="linkage-", dir=Path(server.home) / "import") as folder:
        say(f"writing run {stored.run.run_id} to files")
        files = Neo4jEngine(login, store, plain=plain).write_bulk(stored, Path(folder))
        server = import_full(options, server, files.arguments, files.delimiter, say)
    with closing(Neo4jEngine(login, store, plain=plain)) as engine:
        engine.prepare()
        published = engine.view().run.run_id
    seconds = time.perf_counter() - began
    rows = files.nodes + files.relationships
    click.echo(
        f"run {published}: {files.nodes:,} nodes and {files.relationships:,} relationships in {server.uri}"
    )
    click.echo(f"  {seconds:,.0f} s with stop and start, {rows / seconds:,.0f} rows a second")
    click.echo(f"  next       linkage nightly --source DIR --store {store} --neo4j {server.uri}")


@neo4j.command()
@_home_option
def down(home: Path | None) -> None:
    """Stops the server; its data stay."""
    from linkage.localserver import down as stop

    folder = _home(home)
    click.echo(f"{folder}: {'stopped' if stop(folder) else 'nothing runs there'}")


@neo4j.command()
@_home_option
@format_option
def status(home: Path | None, form: str) -> None:
    """Whether the server runs; exit code 69 where it does not."""
    from linkage.localserver import status as find

    folder = _home(home)
    server = find(folder)
    if server is None:
        raise ServerError(f"no Neo4j runs in {folder}")
    if form == "json":
        click.echo(as_json({**asdict(server), "uri": server.uri}))
    else:
        click.echo(f"Neo4j {server.neo4j} with GDS {server.gds} runs: {server.uri}, process {server.pid}")
