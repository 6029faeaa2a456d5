"""A first load by the server's own import: it takes files, on a server that is stopped, and replaces the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from linkage.localserver.process import Server, ServerOptions, admin, down, up

DATABASE = "neo4j"
"""The one database of Community edition."""


def import_full(
    options: ServerOptions,
    running: Server,
    arguments: Sequence[str],
    delimiter: str,
    say: Callable[[str], None] = lambda text: None,
) -> Server:
    """Stops the server, imports, and starts it again where it answered before, also when the import failed.

    `arguments` name the files (`--nodes=`, `--relationships=`), `delimiter` is what lies between items of a list.
    ServerError with the import's own line when it fails: the database is then empty or not there.
    """
    home = Path(running.home)
    down(home)
    say("importing; the server is down meanwhile")
    again = replace(options, home=home, bolt_port=running.bolt_port, http_port=running.http_port)
    try:
        admin(home, *import_command(arguments, delimiter, home / "logs" / "import.report"))
    finally:
        server, _ = up(again, say)
    return server


def import_command(arguments: Sequence[str], delimiter: str, report: Path | None = None) -> list[str]:
    """What follows `neo4j-admin`, for any server that is stopped; `report` is where bad rows would be named."""
    told = [] if report is None else [f"--report-file={report}"]
    return [
        "database",
        "import",
        "full",
        "--overwrite-destination=true",
        f"--array-delimiter={delimiter}",
        # Texts may hold line breaks.
        "--multiline-fields=true",
        # One bad row is a bug of ours, not one to skip.
        "--bad-tolerance=0",
        *told,
        *arguments,
        "--",
        DATABASE,
    ]
