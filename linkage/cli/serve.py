"""`linkage serve`: the API over published runs. The one module that knows the package `api`."""

from __future__ import annotations

import errno
import ipaddress
import socket
from importlib.util import find_spec
from pathlib import Path

import click

from linkage.cli.options import Place, access_option, access_store, config_option, store_option
from linkage.errors import ServerError, StoreError, UsageError


@click.command()
@store_option
@access_option
@config_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="The port.")
@click.option(
    "--dev", is_flag=True, help="No credentials, introspection, a page to try queries. Loopback only."
)
@click.option("--introspection", is_flag=True, help="Let clients read the schema.")
@click.option(
    "--documents",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="Stored documents, a JSON list or object of texts; clients name them by their SHA-256.",
)
@click.option("--documents-only", is_flag=True, help="Run stored documents and nothing else.")
@click.option("--require-reason", is_flag=True, help="Personal data only with the header X-Linkage-Reason.")
@click.option(
    "--origin", "origins", multiple=True, metavar="URL", help="Web pages of this origin may call (CORS)."
)
@click.option("--jwt-issuer", envvar="LINKAGE_JWT_ISSUER", metavar="URL", help="Take JWTs of this issuer.")
@click.option("--jwt-audience", envvar="LINKAGE_JWT_AUDIENCE", metavar="NAME", help="… for this audience.")
@click.option("--jwks-url", envvar="LINKAGE_JWKS_URL", metavar="URL", help="… signed with these keys.")
@click.option("--jwt-algorithm", "algorithms", multiple=True, default=("RS256", "ES256"), show_default=True,
              help="… by these algorithms.")  # fmt: skip
def serve(
    store: Place,
    access: Path | None,
    config: Path | None,
    host: str,
    port: int,
    dev: bool,
    introspection: bool,
    documents: Path | None,
    documents_only: bool,
    require_reason: bool,
    origins: tuple[str, ...],
    jwt_issuer: str | None,
    jwt_audience: str | None,
    jwks_url: str | None,
    algorithms: tuple[str, ...],
) -> None:
    """Serves published runs as a GraphQL API, at /graphql; see docs/api.md.

    Clients need a key (`linkage keys create`) or a JWT of the issuer that is named here. Of the configuration only
    `[privacy] key_env` is read: with that key, pasted values are found among keyed identifiers. With --neo4j the runs
    are read from the server; keys, the audit log and the key of its identifiers stay in the folder of --store.
    """
    if dev and not _is_loopback(host):
        raise UsageError(f"--dev asks nobody for credentials and listens on loopback only, not on {host}")
    if documents_only and documents is None:
        raise UsageError("--documents-only needs --documents FILE")
    _need_extra()
    import uvicorn

    from api.app import create_app
    from api.settings import ApiSettings, TokenRules
    from api.telemetry import log_to_stderr
    from api.tracing import export_spans

    rules = None
    named = (jwt_issuer, jwt_audience, jwks_url)
    if any(named):
        if not (jwt_issuer and jwt_audience and jwks_url):
            raise UsageError("JWTs need all of --jwt-issuer, --jwt-audience and --jwks-url")
        rules = TokenRules(jwt_issuer, jwt_audience, jwks_url, algorithms)
    settings = ApiSettings(
        dev=dev,
        introspection=introspection,
        documents=None if documents is None else str(documents),
        documents_only=documents_only,
        require_reason=require_reason,
        origins=origins,
        token_rules=rules,
    )
    try:
        app = create_app(store.source(config), access_store(store.folder, access), settings)
    except ValueError as error:
        raise UsageError(str(error)) from error
    listening = _listen(host, port)
    log_to_stderr()
    export_spans()
    if dev:
        at = f"[{host}]" if ":" in host else host
        chosen = listening[0].getsockname()[1]
        click.echo(f"http://{at}:{chosen}/ without credentials, for this machine only (--dev)", err=True)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=15,
            # Behind a proxy, what clients say of themselves is not believed.
            proxy_headers=False,
        )
    )
    server.run(sockets=listening)
    if not server.started:
        raise ServerError("the service did not start: the log says why")


def write_schema(out: Path) -> int:
    """Writes the SDL; the number of its lines."""
    _need_extra()
    from api.schema import schema_text

    text = schema_text()
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{out}: cannot be written ({error.strerror})") from error
    return text.count("\n")


def _listen(host: str, port: int) -> list[socket.socket]:
    """Sockets for all addresses of this name; before anything is opened, so that what is wrong takes one line."""
    opened: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, address in dict.fromkeys((one[0], one[4]) for one in found):
            # A name's second address has the port that was drawn for the first.
            drawn = opened[0].getsockname()[1] if opened else port
            opened.append(socket.create_server((str(address[0]), drawn), family=family, backlog=2048))
    except OSError as error:
        for one in opened:
            one.close()
        if error.errno == errno.EADDRINUSE:
            raise ServerError(f"port {port} is taken: name another with --port") from error
        raise ServerError(f"cannot listen on {host}, port {port} ({error.strerror})") from error
    return opened


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _need_extra() -> None:
    if any(find_spec(name) is None for name in ("fastapi", "limits", "strawberry", "uvicorn")):
        raise UsageError("the API is an extra: pip install 'linkage[api]'")
